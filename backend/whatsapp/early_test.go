package whatsapp_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

// The library tells the phone that a notice of history arrived while we are still keeping it, and the notice does not come again. So it is kept
// before that: whatever becomes of the program afterwards.
func TestANoticeOfHistoryIsKeptBeforeThePhoneIsTold(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	require.NoError(t, phone.FillHistory(wasim.HistoryOptions{Chats: 3, Messages: 30}))
	o := newOwner()
	o.onReceive(func(in domain.Inbound) error {
		if in.History != nil && in.History.WAID != "" {
			return &domain.Error{Code: domain.CodeNotFound, Message: "the program has ended"}
		}
		return nil
	})
	linkOwner(t, server, phone, o)
	var told wasim.HistoryChunk
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, server.WaitFor(ctx, func() bool {
		for _, chunk := range server.Ledger().History(wasim.Filter{From: phone.Number()}) {
			if chunk.Received {
				told = chunk
				return true
			}
		}
		return false
	}))
	require.NotEmpty(t, o.notices())
	require.Equal(t, told.Type, o.notices()[0].Type)
}

// A notice that the disk refuses is not told to the phone, and comes again.
func TestANoticeOfHistoryThatTheDiskRefusesComesAgain(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	require.NoError(t, phone.FillHistory(wasim.HistoryOptions{Chats: 3, Messages: 30}))
	o := newOwner()
	o.onReceive(func(in domain.Inbound) error {
		if in.History != nil {
			return &domain.Error{Code: domain.CodeStorageFailed, Message: "the disk is full"}
		}
		return nil
	})
	s := linkOwner(t, server, phone, o)
	o.await(t, domain.SessionDiskRefused)
	for _, chunk := range server.Ledger().History(wasim.Filter{From: phone.Number()}) {
		require.False(t, chunk.Received)
	}
	o.onReceive(nil)
	s.dial(t)
	o.until(t, "all of the history", func() bool {
		kept := len(o.lockedNotices())
		return kept > 1 && kept == len(server.Ledger().History(wasim.Filter{From: phone.Number()}))
	})
}

// linkOwner makes a linked and connected session of an owner, who may take nothing of what the phone says then.
func linkOwner(t *testing.T, server *wasim.Server, phone *wasim.Phone, o *owner) *session {
	t.Helper()
	s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "1.db"), o)
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
	return s
}

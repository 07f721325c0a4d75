package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestAConversationIsReadAroundAMessage(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana, bea := domain.Peer{LID: "111"}, domain.Peer{LID: "222"}
	var ids []domain.MessageID
	for i := range 10 {
		ids = append(ids, s.mustReceive(t, d.Ref, text(fmt.Sprintf("M%d", i), ana, i/2, "x")).Messages[0].ID) // two at each moment
	}
	other := s.mustReceive(t, d.Ref, text("B", bea, 3, "x")).Messages[0]
	chat := s.mustConversations(t)[0].Ref.Conversation

	got := func(part domain.MessagePart) []domain.MessageID {
		out := []domain.MessageID{}
		for _, m := range part.Messages {
			out = append(out, m.ID)
		}
		return out
	}
	part, err := s.MessagesAround(ctx, chat, ids[4], 4)
	require.NoError(t, err)
	require.Equal(t, ids[3:7], got(part))
	require.Equal(t, 10, part.Total)
	older, before, _, err := s.Messages(ctx, chat, part.Before, 50)
	require.NoError(t, err)
	require.Equal(t, ids[:3], got(domain.MessagePart{Messages: older}))
	require.Empty(t, before)
	newer, err := s.MessagesAfter(ctx, chat, part.After, 2)
	require.NoError(t, err)
	require.Equal(t, ids[7:9], got(newer))
	newer, err = s.MessagesAfter(ctx, chat, newer.After, 2)
	require.NoError(t, err)
	require.Equal(t, ids[9:], got(newer))
	require.Empty(t, newer.After)

	for _, at := range []int{0, 9} {
		part, err = s.MessagesAround(ctx, chat, ids[at], 50)
		require.NoError(t, err)
		require.Equal(t, ids, got(part))
		require.Empty(t, part.Before+part.After)
	}
	_, err = s.MessagesAround(ctx, chat, other.ID, 4)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, err = s.MessagesAfter(ctx, 99, "1.1", 4)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, err = s.MessagesAfter(ctx, chat, "x", 4)
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
}

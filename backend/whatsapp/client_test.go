package whatsapp_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

func TestPairByQR(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "a ?%#.db"), newOwner())
	require.False(t, s.Linked())

	result := s.scan(t, phone)
	require.True(t, result.Linked)
	linking := s.await(t, domain.PairLinking)
	require.Equal(t, peerOf(phone).Number, linking.Account.Number)
	account := s.await(t, domain.PairSucceeded).Account
	require.Equal(t, peerOf(phone).Number, account.Number)
	require.Equal(t, peerOf(phone).LID, account.LID)
	require.NotEmpty(t, account.Platform)
	require.True(t, s.Linked())

	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
	devices := phone.LinkedDevices()
	require.Len(t, devices, 1)

	// The same file holds the same device after a restart.
	require.NoError(t, s.Close())
	again := openSession(t, s.service, s.file, newOwner())
	require.True(t, again.Linked())
	again.dial(t)
	require.Len(t, phone.LinkedDevices(), 1)
}

func TestGuardRefusesAndThePhoneIsTold(t *testing.T) {
	inUse := &domain.Error{Code: domain.CodeNumberInUse, Message: "The number is in use."}
	for name, guard := range map[string]func(domain.Account) error{
		"refusal": func(domain.Account) error { return inUse },
		"panic":   func(domain.Account) error { panic("guard") },
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t)
			phone := newPhone(t, server, ourNumber, "Desk")
			o := newOwner()
			o.guard = guard
			s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "1.db"), o)

			result := s.scan(t, phone)
			require.False(t, result.Linked)
			require.Equal(t, "500", result.RefusedCode)
			failed := s.await(t, domain.PairFailed)
			if name == "refusal" {
				require.ErrorIs(t, failed.Err, inUse)
			} else {
				require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(failed.Err))
			}
			require.False(t, s.Linked())
			require.Empty(t, phone.LinkedDevices())
			require.Equal(t, peerOf(phone).Number, o.guarded[0].Number)
		})
	}
}

func TestTalk(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)

	id, err := ana.SendText(t.Context(), ourNumber, "Hola 👋")
	require.NoError(t, err)
	s.awaitTexts(t, 1)
	got := s.messages()[0]
	require.Equal(t, id, got.WAID)
	require.Equal(t, "Hola 👋", got.Text)
	require.Equal(t, domain.KindText, got.Kind)
	require.Equal(t, peerOf(ana), got.Chat, "LID and number are both known")
	require.Equal(t, peerOf(ana), got.Sender)
	require.Equal(t, "Ana", got.PushName)
	require.False(t, got.FromMe)
	require.NotEmpty(t, got.Raw)
	require.WithinDuration(t, time.Now(), got.At, 5*time.Second)

	out := s.compose(t, domain.Peer{Number: peerOf(ana).Number}, "Buenos días")
	sent, err := s.Send(t.Context(), out)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), sent.At, 5*time.Second)
	delivered := s.awaitReceipt(t, domain.ReceiptDelivered, out.WAID)
	require.Equal(t, peerOf(ana), delivered.Chat)
	_, err = ana.MarkRead(ourNumber)
	require.NoError(t, err)
	s.awaitReceipt(t, domain.ReceiptRead, out.WAID)

	require.NoError(t, s.MarkRead(t.Context(), domain.ReadMark{Chat: got.Chat, Sender: got.Sender, WAIDs: []string{id}, At: time.Now()}))
	require.Eventually(t, func() bool {
		for _, m := range ana.Messages(ourNumber) {
			if m.ID == id && m.State == wasim.StateRead {
				return true
			}
		}
		return false
	}, patience, 10*time.Millisecond)

	// What is typed on the phone arrives as ours.
	own, err := phone.SendText(t.Context(), anasNumber, "from the phone")
	require.NoError(t, err)
	s.awaitTexts(t, 2)
	copied := s.messages()[1]
	require.Equal(t, own, copied.WAID)
	require.True(t, copied.FromMe)
	require.Equal(t, "from the phone", copied.Text)
	require.Equal(t, peerOf(ana), copied.Chat)
	require.Equal(t, peerOf(phone), copied.Sender)
}

func TestFailedReceiveComesAgain(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("disk full") },
		"panic": func() error { panic("receive") },
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t)
			phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
			s := link(t, server, phone)
			tried := make(chan struct{}, 8)
			s.onReceive(func(in domain.Inbound) error {
				if in.Message == nil {
					return nil
				}
				tried <- struct{}{}
				return fail()
			})
			id, err := ana.SendText(t.Context(), ourNumber, "keep me")
			require.NoError(t, err)
			<-tried
			s.forget()
			lost := s.await(t, domain.SessionDisconnected)
			require.Equal(t, whatsapp.ReasonRedelivery, lost.Reason)
			require.NotEmpty(t, server.Ledger().Unacknowledged(wasim.Filter{ID: id, LinkedOnly: true}))

			s.onReceive(nil)
			s.dial(t)
			s.awaitTexts(t, 1)
			require.Equal(t, []string{"keep me"}, s.texts())
			require.Eventually(t, func() bool {
				return len(server.Ledger().Unacknowledged(wasim.Filter{ID: id, LinkedOnly: true})) == 0
			}, patience, 10*time.Millisecond)
		})
	}
}

func TestOfflineQueueAndDrop(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)

	s.forget()
	phone.SetNetwork(false)
	s.await(t, domain.SessionDisconnected)
	_, err := ana.Burst(t.Context(), ourNumber, "offline", 20)
	require.NoError(t, err)
	phone.SetNetwork(true)
	s.dial(t)
	s.await(t, domain.SessionOfflineSynced)
	s.awaitTexts(t, 20)
	require.Len(t, s.texts(), 20)
}

func TestEndsOfASession(t *testing.T) {
	t.Run("unlinked on the phone", func(t *testing.T) {
		server := newServer(t)
		phone := newPhone(t, server, ourNumber, "Desk")
		s := link(t, server, phone)
		require.Equal(t, 1, phone.UnlinkAll())
		require.Equal(t, 401, s.await(t, domain.SessionLoggedOut).Code)
		require.False(t, s.Linked())
	})
	t.Run("unlinked while away", func(t *testing.T) {
		server := newServer(t)
		phone := newPhone(t, server, ourNumber, "Desk")
		s := link(t, server, phone)
		s.Disconnect()
		phone.UnlinkAll()
		s.forget()
		require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
		s.await(t, domain.SessionLoggedOut)
	})
	t.Run("replaced", func(t *testing.T) {
		server := newServer(t)
		phone := newPhone(t, server, ourNumber, "Desk")
		s := link(t, server, phone)
		require.NoError(t, phone.Replace(phone.LinkedDevices()[0].ID))
		s.await(t, domain.SessionReplaced)
		require.True(t, s.Linked())
	})
	t.Run("banned for a while", func(t *testing.T) {
		server := newServer(t)
		phone := newPhone(t, server, ourNumber, "Desk")
		s := link(t, server, phone)
		require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultLoginFailure, Number: ourNumber, Count: 1, Code: 402, BanCode: 104, Expire: time.Hour}))
		s.Disconnect()
		require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
		ban := s.await(t, domain.SessionTempBanned)
		require.Equal(t, 104, ban.Code)
		require.WithinDuration(t, time.Now().Add(time.Hour), ban.Until, 5*time.Second)
	})
	t.Run("we unlink", func(t *testing.T) {
		server := newServer(t)
		phone := newPhone(t, server, ourNumber, "Desk")
		s := link(t, server, phone)
		s.forget()
		require.NoError(t, s.Logout(t.Context()))
		require.False(t, s.Linked())
		require.Empty(t, phone.LinkedDevices())
		require.Equal(t, domain.CodeConflict, domain.CodeOf(s.Connect(t.Context())))
		require.NoError(t, s.Logout(t.Context()))
		require.NoError(t, s.Close())
		require.Empty(t, s.events)
	})
}

func TestRefusedSend(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)

	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultRejectSend, Number: ourNumber, Count: 1, Code: 463}))
	_, err := s.Send(t.Context(), s.compose(t, peerOf(ana), "first contact"))
	var refused *domain.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.CodeSendFailed, refused.Code)
	require.Equal(t, "463", refused.Detail["code"])

	_, err = s.Send(t.Context(), s.compose(t, domain.Peer{Number: "34999999999"}, "nobody"))
	require.Equal(t, domain.CodeRecipientUnknown, domain.CodeOf(err))

	_, err = s.Send(t.Context(), domain.Outgoing{WAID: "X", To: peerOf(ana), Payload: []byte("\xff\xff")})
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))

	s.Disconnect()
	_, err = s.Send(t.Context(), s.compose(t, peerOf(ana), "offline"))
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(err))
	require.NotContains(t, err.Error(), peerOf(ana).Number)
}

// The connection ends after WhatsApp has noted the link and before it demands the second login.
func TestPairingCutBeforeTheSecondLogin(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Number: ourNumber, Count: 1, Stage: wasim.PairingLinked}))
	s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "1.db"), newOwner())
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.PairSucceeded)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
	require.True(t, phone.LinkedDevices()[0].Connected)
}

func TestPairingCutAfterTheScan(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Number: ourNumber, Count: 1, Stage: wasim.PairingScan}))
	s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "1.db"), newOwner())
	require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
	_, err := phone.Scan(t.Context(), s.await(t, domain.PairCodes).Codes[0])
	require.ErrorIs(t, err, wasim.ErrPairingInterrupted)
	s.await(t, domain.SessionDisconnected)
	require.False(t, s.Linked())

	// The same session shows new codes.
	s.forget()
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.SessionLoginAgain)
}

// WhatsApp may demand a new login at any time.
func TestSecondLoginLater(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	s := link(t, server, phone)
	phone.EndStreams(515)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
}

func TestDialThatIsNotAnswered(t *testing.T) {
	server := newServer(t)
	service := newService(t, server, whatsapp.Options{})
	s := openSession(t, service, filepath.Join(t.TempDir(), "1.db"), newOwner())

	require.NoError(t, server.Stop())
	var refused net.Error
	require.ErrorAs(t, s.Connect(t.Context()), &refused)
	require.NoError(t, server.Start(true))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Connect(ctx), context.Canceled)
	require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
	s.await(t, domain.PairCodes)
	require.Equal(t, domain.CodeConflict, domain.CodeOf(s.Connect(t.Context())), "it is connected")
}

// Cancelling the context of a connection ends it, and whoever did so is not told.
func TestContextOfAConnection(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	s := link(t, server, phone)
	s.Disconnect()
	s.forget()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	defer cancel()
	require.NoError(t, s.Connect(ctx))
	s.await(t, domain.SessionConnected)
	cancel()
	require.Eventually(t, func() bool { return !phone.LinkedDevices()[0].Connected }, patience, time.Millisecond)
	s.dial(t)
	require.Empty(t, slices.DeleteFunc(kinds(s.events), func(k domain.SessionEventKind) bool { return k != domain.SessionDisconnected }))
}

// What our own devices say to each other is acknowledged by the library before it is stored.
func TestAnswerOfThePhoneIsStoredInTheEnd(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)
	var failures atomic.Int32
	s.onReceive(func(in domain.Inbound) error {
		if in.Message != nil && !in.Message.Undecrypt && failures.Add(1) == 1 {
			return errors.New("disk full")
		}
		return nil
	})
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Count: 1}))
	_, err := ana.SendText(t.Context(), ourNumber, "only the phone has it")
	require.NoError(t, err)
	ana.SetOwnNetwork(false)
	s.awaitTexts(t, 1)
	require.Equal(t, []string{"only the phone has it"}, s.texts())
	require.EqualValues(t, 2, failures.Load())
}

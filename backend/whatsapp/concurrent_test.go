package whatsapp_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

// retries counts the retry receipts that anybody sent.
func retries(server *wasim.Server) int {
	total := 0
	for _, d := range server.Ledger().Deliveries(wasim.Filter{}) {
		total += d.Receipts["retry"]
	}
	return total
}

// both has Ana and us write so many messages to each other at once and waits until all have arrived.
func both(t *testing.T, s *session, ana *wasim.Phone, each int) {
	t.Helper()
	before, after := len(s.texts()), len(ana.Messages(ourNumber))
	var group sync.WaitGroup
	group.Go(func() {
		_, err := ana.Burst(t.Context(), ourNumber, "in", each)
		assert.NoError(t, err)
	})
	group.Go(func() {
		for i := range each {
			_, err := s.Send(t.Context(), s.compose(t, peerOf(ana), fmt.Sprint("out ", i)))
			assert.NoError(t, err)
		}
	})
	group.Wait()
	s.awaitTexts(t, before+each)
	require.Eventually(t, func() bool { return len(ana.Messages(ourNumber)) == after+2*each }, patience, 10*time.Millisecond)
}

// Sending to a contact and receiving from the same contact at once turns the same ratchet from both sides.
func TestSendAndReceiveAtOnceNeedsNoRetry(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)
	_, err := ana.SendText(t.Context(), ourNumber, "before")
	require.NoError(t, err)
	s.awaitTexts(t, 1)
	requireAcknowledged(t, server) // what the phone tells its new device begins a session too, which could cross with ours
	_, err = s.Send(t.Context(), s.compose(t, peerOf(ana), "answer"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(ana.Messages(ourNumber)) == 2 }, patience, 10*time.Millisecond)
	requireAcknowledged(t, server)

	both(t, s, ana, 200)
	require.Zero(t, retries(server))
	require.Len(t, s.texts(), 201)
}

// First messages that cross make two sessions. The Signal library may spoil both when it tries one after the other; retry
// receipts heal that, and nothing is lost.
func TestFirstMessagesThatCross(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	both(t, link(t, server, phone), ana, 30)
	requireAcknowledged(t, server)
}

// lostAck links a session, lets Ana and us know each other, and starts a send whose ack is lost. It returns when the message
// is out.
func lostAck(t *testing.T, server *wasim.Server) (s *session, ana *wasim.Phone, out domain.Outgoing, result chan error) {
	t.Helper()
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s = link(t, server, phone)
	_, err := ana.SendText(t.Context(), ourNumber, "before")
	require.NoError(t, err)
	s.awaitTexts(t, 1)
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: ourNumber, Count: 1}))
	out = s.compose(t, peerOf(ana), "its ack is lost")
	result = make(chan error, 1)
	go func() {
		_, err := s.Send(t.Context(), out)
		result <- err
	}()
	require.Eventually(t, func() bool {
		return len(server.Ledger().Deliveries(wasim.Filter{ID: out.WAID})) > 0
	}, patience, time.Millisecond)
	return s, ana, out, result
}

// stall is less than what receiving would wait for if it waited for a lost ack.
const stall = 6 * time.Second

const arriving = 100

// A send that waits for its ack keeps nobody from receiving, and still waits when everything has arrived.
func TestLostAckDoesNotStallReceiving(t *testing.T) {
	server := newServer(t)
	s, ana, out, result := lostAck(t, server)
	start := time.Now()
	_, err := ana.Burst(t.Context(), ourNumber, "in", arriving)
	require.NoError(t, err)
	s.awaitTexts(t, arriving+1)
	require.Less(t, time.Since(start), stall)
	require.Empty(t, result, "the send still waits")

	// Closing ends it: uncertain, to be sent again.
	require.NoError(t, s.Close())
	require.Equal(t, domain.CodeSendUncertain, domain.CodeOf(<-result))
	again := openSession(t, s.service, s.file, newOwner())
	again.dial(t)
	_, err = again.Send(t.Context(), out)
	require.NoError(t, err)
	require.Len(t, ana.Messages(ourNumber), arriving+2, "the contact has it once")
}

// A message that can't be decrypted makes the library ask our phone for it, behind the send that waits for its ack.
func TestLostAckAndUndecryptableMessages(t *testing.T) {
	server := newServer(t)
	s, ana, out, result := lostAck(t, server)
	start := time.Now()
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Count: 3}))
	_, err := ana.Burst(t.Context(), ourNumber, "in", arriving)
	require.NoError(t, err)
	s.awaitTexts(t, arriving+1)
	require.Less(t, time.Since(start), stall)

	require.Equal(t, domain.CodeSendUncertain, domain.CodeOf(<-result))
	_, err = s.Send(t.Context(), out)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(ana.Messages(ourNumber)) == arriving+2 }, patience, 10*time.Millisecond)
	requireAcknowledged(t, server)
}

// Not even when no ack comes at all, the one of the request to our phone included.
func TestNoAcksAndUndecryptableMessages(t *testing.T) {
	server := newServer(t)
	s, ana, _, result := lostAck(t, server)
	start := time.Now()
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: ourNumber}))
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Count: 3}))
	_, err := ana.Burst(t.Context(), ourNumber, "in", arriving)
	require.NoError(t, err)
	s.awaitTexts(t, arriving+1)
	require.Less(t, time.Since(start), stall)
	require.Equal(t, domain.CodeSendUncertain, domain.CodeOf(<-result))
}

// What the sender does not send again is got from our phone.
func TestUndecryptableMessageIsGotFromThePhone(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)
	_, err := ana.SendText(t.Context(), ourNumber, "before")
	require.NoError(t, err)
	s.awaitTexts(t, 1)
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Count: 1}))
	id, err := ana.SendText(t.Context(), ourNumber, "only the phone has it")
	require.NoError(t, err)
	ana.SetOwnNetwork(false)
	s.until(t, "the placeholder", func() bool {
		for _, in := range s.inbound {
			if in.Message != nil && in.Message.Undecrypt && in.Message.WAID == id {
				return true
			}
		}
		return false
	})
	s.awaitTexts(t, 2)
	got := s.messages()[1]
	require.Equal(t, id, got.WAID)
	require.Equal(t, "only the phone has it", got.Text)
	require.Equal(t, peerOf(ana), got.Chat)
	require.Equal(t, peerOf(ana), got.Sender)
}

// The contact can't decrypt what we send, asks for it again, and writes meanwhile.
func TestRetryReceiptsWhileReceiving(t *testing.T) {
	const sends = 20
	server := newServer(t)
	s, ana, _, result := lostAck(t, server)
	start := time.Now()
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: anasNumber, Phone: true, Chance: 0.5}))
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Chance: 0.1, Count: 5}))
	var group sync.WaitGroup
	group.Go(func() {
		_, err := ana.Burst(t.Context(), ourNumber, "in", arriving)
		assert.NoError(t, err)
	})
	group.Go(func() {
		for i := range sends {
			out := s.compose(t, peerOf(ana), fmt.Sprint("out ", i))
			assert.Eventually(t, func() bool {
				_, err := s.Send(t.Context(), out)
				return err == nil
			}, patience, time.Millisecond)
		}
	})
	s.awaitTexts(t, arriving+1)
	require.Less(t, time.Since(start), stall)
	group.Wait()
	require.Equal(t, domain.CodeSendUncertain, domain.CodeOf(<-result))
	server.ClearFaults()
	require.Eventually(t, func() bool { return len(ana.Messages(ourNumber)) == 1+arriving+1+sends }, patience, 10*time.Millisecond)
	require.NotZero(t, retries(server))
	requireAcknowledged(t, server)
}

func requireAcknowledged(t testing.TB, server *wasim.Server) {
	t.Helper()
	require.Eventually(t, func() bool {
		return len(server.Ledger().Unacknowledged(wasim.Filter{})) == 0
	}, patience, 10*time.Millisecond)
}

// What went out is on disk with its sessions: who can't read it gets it again even from a client that was closed meanwhile.
func TestRetryIsAnsweredAfterARestart(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, "Desk"), newPhone(t, server, anasNumber, "Ana")
	s := link(t, server, phone)
	ana.SetOwnNetwork(false)
	_, err := s.Send(t.Context(), s.compose(t, peerOf(ana), "Until Monday"))
	require.NoError(t, err)
	require.NoError(t, s.Close())

	again := openSession(t, newService(t, server, whatsapp.Options{}), s.file, newOwner())
	again.dial(t)
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: anasNumber, Phone: true, Count: 1}))
	ana.SetOwnNetwork(true)
	require.Eventually(t, func() bool {
		chat := ana.Messages(ourNumber)
		return len(chat) == 1 && chat[0].Text == "Until Monday"
	}, patience, 10*time.Millisecond)
}

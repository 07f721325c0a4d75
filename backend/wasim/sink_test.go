package wasim_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

// linkSink links a sink to a phone.
func linkSink(t testing.TB, s *wasim.Server, p *wasim.Phone) *wasim.Sink {
	t.Helper()
	k, err := wasim.LinkSink(t.Context(), s.TCPClient(), func(ctx context.Context, qr string) error {
		_, err := p.Scan(ctx, qr)
		return err
	})
	require.NoError(t, err)
	t.Cleanup(k.Close)
	return k
}

// greetings is how many messages a phone without chats sends to a device that it has just linked.
const greetings = 4

func TestASinkThatNobodyScans(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	lost := errors.New("the phone was lost")
	_, err := wasim.LinkSink(t.Context(), s.TCPClient(), func(context.Context, string) error { return lost })
	require.ErrorIs(t, err, lost)
	s.SetMinClientVersion([3]uint32{3, 0, 0})
	_, err = wasim.LinkSink(t.Context(), s.TCPClient(), func(context.Context, string) error { return nil })
	require.ErrorContains(t, err, "405")
}

// A ledger that keeps little in detail still tells of each message that waits, and its sums show that each one was sent and
// acknowledged once.
func TestABoundedLedgerForgetsOnlyWhatIsOver(t *testing.T) {
	const sinks, rounds, keep = 10, 40, 50
	s := newServer(t, wasim.Options{Seed: 1, Keep: keep})
	ana := newPhone(t, s, "+34600000021", "Ana")
	phones, linked := make([]*wasim.Phone, sinks), make([]*wasim.Sink, sinks)
	for i := range sinks {
		phones[i] = newPhone(t, s, fmt.Sprintf("+346000001%02d", i), "Phone")
		linked[i] = linkSink(t, s, phones[i])
	}
	waitFor(t, s, "the greetings", func() bool { return s.Ledger().Totals().Acked == sinks*greetings })

	linked[0].Close()
	waitFor(t, s, "the sink to be gone", func() bool { return !phones[0].LinkedDevices()[0].Connected })
	for _, p := range phones {
		_, err := ana.Burst(t.Context(), p.Number(), "n", rounds)
		require.NoError(t, err)
	}
	// Each message is for a phone and its sink.
	const all = sinks * (greetings + 2*rounds)
	waitFor(t, s, "all but the absent sink's", func() bool { return s.Ledger().Totals().Acked == all-rounds })
	totals := s.Ledger().Totals()
	require.Equal(t, rounds, totals.Waiting)
	require.Len(t, s.Ledger().Unacknowledged(wasim.Filter{}), rounds)
	require.LessOrEqual(t, len(ana.Messages(phones[9].Number())), rounds)

	require.NoError(t, linked[0].Connect(t.Context()))
	waitFor(t, s, "the rest", func() bool { return s.Ledger().Totals().Acked == all })
	totals = s.Ledger().Totals()
	require.Equal(t, sinks*(greetings+rounds), totals.Submissions)
	require.Equal(t, []int{all, all, all}, []int{totals.Deliveries, totals.Queued, totals.Sent})
	require.Zero(t, totals.Waiting)
	require.Equal(t, sinks*greetings, totals.Receipts["peer_msg"])
	require.Equal(t, 2*sinks*rounds, totals.Receipts["delivered"])
	for _, k := range linked {
		require.EqualValues(t, greetings+rounds, k.Messages())
	}

	// With nothing under way, what is over is forgotten as more comes.
	for i := range keep {
		_, err := ana.SendText(t.Context(), phones[0].Number(), "more")
		require.NoError(t, err)
		waitFor(t, s, "one more", func() bool { return s.Ledger().Totals().Acked == all+2*(i+1) })
	}
	require.Less(t, s.Ledger().Totals().Kept, 2*keep)
	require.Less(t, len(ana.Messages(phones[0].Number())), 2*keep)
}

// Many devices get messages from several people at once, over sockets, and no message is lost or sent twice. What one
// simulator carries in all is measured by `make bench NAMES=sim`.
func TestManyLinkedDevicesUnderLoad(t *testing.T) {
	const devices, writers, each = 20, 5, 4
	s := newServer(t, wasim.Options{Seed: 1})
	phones, linked := make([]*wasim.Phone, devices), make([]*wasim.Sink, devices)
	for i := range devices {
		phones[i] = newPhone(t, s, fmt.Sprintf("+346000001%02d", i), "Phone")
		linked[i] = linkSink(t, s, phones[i])
	}
	var writing sync.WaitGroup
	for w := range writers {
		contact := newPhone(t, s, fmt.Sprintf("+346000002%02d", w), "Contact")
		writing.Go(func() {
			for _, p := range phones {
				if _, err := contact.Burst(t.Context(), p.Number(), "n", each); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	const all = devices * (greetings + 2*writers*each)
	waitFor(t, s, "every message at every device", func() bool { return s.Ledger().Totals().Acked >= all })
	totals := s.Ledger().Totals()
	require.Equal(t, []int{all, all, all, all}, []int{totals.Deliveries, totals.Queued, totals.Sent, totals.Acked})
	for _, k := range linked {
		require.NoError(t, k.Err())
		require.EqualValues(t, greetings+writers*each, k.Messages())
	}
}

package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// deed is one thing that happens to the outbox in the walk below.
type deed struct {
	What  string
	Which int // of the messages there are, of the conversations and devices
	After time.Duration
}

func deeds() *rapid.Generator[[]deed] {
	what := []string{
		"queue", "queue", "queue", "schedule", "schedule", "cancel", "cancel", "retry", "send now", "another time", "offline", "online",
		"lose acks", "lose connections", "refuse", "answer", "crash",
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
		return deed{
			What:  rapid.SampledFrom(what).Draw(t, "what"),
			Which: rapid.IntRange(0, 1000).Draw(t, "which"),
			// Half a second past any full one: nothing is ever written at the very moment at which something scheduled is due.
			After: time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second,
		}
	}), 25, 60)
}

// entry is a message of the walk.
type entry struct {
	id                          domain.MessageID
	waid                        string
	chat, device                int
	turn                        time.Time // when it got in line, or will
	scheduled, cancelled, unfit bool      // unfit: it was refused once, and so lost its turn
}

// walk is a world in which anything may happen, and what must be true of it.
type walk struct {
	*world
	mu      sync.Mutex // sends are answered on goroutines of the outbox
	entries []*entry
	mode    string
	dead    bool                // the program is killed: nothing of it reaches anybody any more
	arrived map[string][]string // by device and contact: ids in the order in which they first came
}

// TestWhateverHappensMessagesArriveOnceInTheirTurnsOrAreTakenBack looks at it from the other side: WhatsApp takes an id once.
func TestWhateverHappensMessagesArriveOnceInTheirTurnsOrAreTakenBack(t *testing.T) {
	for seed := range 12 {
		all := deeds().Example(seed + 1)
		inWorld(t, func(w *world) {
			k := &walk{world: w, arrived: map[string][]string{}}
			w.line.answer = k.answer
			time.Sleep(500 * time.Millisecond)
			for _, d := range all {
				k.do(d)
				time.Sleep(d.After)
			}
			k.set(func() { k.mode = "" })
			for i := range w.d {
				k.online(i)
			}
			time.Sleep(48 * time.Hour)
			synctest.Wait()
			k.check()
		})
	}
}

func lane(device domain.DeviceID, to domain.Peer) string { return fmt.Sprint(device, " ", to.LID) }

// set changes something that answers go by.
func (k *walk) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
}

func (k *walk) answer(ctx context.Context, _ int, a attempt) error {
	err := k.verdict(a)
	if errors.Is(err, errNoAck) {
		return ackLost(ctx)
	}
	return err
}

// errNoAck is the verdict on a message that arrives and whose ack does not.
var errNoAck = errors.New("no ack")

func (k *walk) verdict(a attempt) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead || k.mode == "cut" {
		return notConnected()
	}
	where := lane(a.device, a.out.To)
	known := slices.Contains(k.arrived[where], a.out.WAID)
	if k.mode == "refuse" && !known {
		k.entry(a.out.WAID).unfit = true
		return &domain.Error{Code: domain.CodeSendFailed, Message: "no"}
	}
	if !known {
		k.arrived[where] = append(k.arrived[where], a.out.WAID)
	}
	switch k.mode {
	case "lose acks":
		return errNoAck
	case "lose connections":
		return &domain.Error{Code: domain.CodeSendUncertain, Message: "connection lost"}
	}
	return nil
}

func (k *walk) entry(waid string) *entry {
	return k.entries[slices.IndexFunc(k.entries, func(e *entry) bool { return e.waid == waid })]
}

func (k *walk) do(d deed) {
	ctx := context.Background()
	switch d.What {
	case "queue", "schedule":
		k.write(d)
		return
	case "offline":
		k.line.set(k.d[d.Which%2].Ref.Device, true)
		return
	case "online":
		k.online(d.Which % 2)
		return
	case "crash":
		k.crash()
		return
	case "lose acks", "lose connections", "refuse":
		k.set(func() { k.mode = d.What })
		return
	case "answer":
		k.set(func() { k.mode = "" })
		return
	}
	if len(k.entries) == 0 {
		return
	}
	e := k.entries[d.Which%len(k.entries)]
	switch d.What {
	case "cancel":
		if _, err := k.Cancel(ctx, e.id); err == nil {
			e.cancelled = true
		}
	case "retry":
		_ = k.Retry(ctx, e.id)
	case "send now":
		if k.SendNow(ctx, e.id) == nil {
			e.turn, e.scheduled = time.Now(), false
		}
	case "another time":
		due, when := k.soon(d)
		if _, err := k.Reschedule(ctx, e.id, when); err == nil {
			e.turn = due
		}
	}
}

func (k *walk) soon(d deed) (time.Time, domain.Schedule) {
	when, err := domain.WallOf(time.Now().Add(time.Duration(1+d.Which%40)*time.Minute), "Europe/Madrid")
	require.NoError(k.t, err)
	due, _, err := when.At()
	require.NoError(k.t, err)
	return due, when
}

func (k *walk) write(d deed) {
	e := &entry{waid: fmt.Sprintf("OUT%d", len(k.entries)+1), chat: d.Which % 2, device: d.Which / 2 % 2, turn: time.Now()}
	n := domain.NewMessage{
		Conversation: k.chats[e.chat].Ref, Device: k.d[e.device].Ref.Device, Operator: domain.FirstOperator,
		Text: e.waid, WAID: e.waid, Payload: []byte(e.waid),
	}
	if e.scheduled = d.What == "schedule"; e.scheduled {
		e.turn, n.Schedule = k.soon(d)
	}
	k.set(func() { k.entries = append(k.entries, e) })
	m, err := k.Queue(context.Background(), n)
	require.NoError(k.t, err)
	e.id = m.ID
}

func (k *walk) online(i int) {
	k.line.set(k.d[i].Ref.Device, false)
	k.Wake(k.d[i].Ref.Device)
}

// crash goes on with what a killed program left on disk.
func (k *walk) crash() {
	k.set(func() { k.dead = true })
	left := k.copyOfDisk()
	k.stop()
	require.NoError(k.t, k.store.Close())
	k.dir = left
	k.set(func() { k.dead = false })
	k.openStore()
	k.start(k.store)
}

// check looks whether everything that was not taken back, and not refused for good, has arrived once and in its turn.
func (k *walk) check() {
	came := map[string]int{}
	for where, ids := range k.arrived {
		var last time.Time
		for _, waid := range ids {
			came[waid]++
			e := k.entry(waid)
			require.Equal(k.t, where, lane(k.d[e.device].Ref.Device, k.chats[e.chat].Peer))
			if e.unfit {
				continue
			}
			require.False(k.t, e.turn.Before(last), "%s before its turn in %v", waid, ids)
			last = e.turn
		}
	}
	for _, e := range k.entries {
		m, err := k.store.Message(context.Background(), e.id)
		if e.cancelled {
			require.Equal(k.t, domain.CodeNotFound, domain.CodeOf(err))
			require.Zero(k.t, came[e.waid], "taken back, and it went")
			continue
		}
		require.NoError(k.t, err, "nothing vanishes")
		want := 1
		if m.State == domain.StateFailed {
			want = 0
			require.True(k.t, e.unfit)
		} else {
			require.Equal(k.t, domain.StateSent, m.State, e.waid)
		}
		require.Equal(k.t, want, came[e.waid], "%s is %s", e.waid, m.State)
	}
	samePayload(k.world)
}

package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// sizes picks the size of a test: a small one among all the others, the real one for `make test-soak`.
func sizes[T any](small, full T) T {
	if os.Getenv("WAFLOW_SOAK") != "" {
		return full
	}
	return small
}

// dialGauge counts the dials of a process: how many there were, and how many at once.
type dialGauge struct {
	mu    sync.Mutex
	total int
	going int
	most  int
	slow  *rand.Rand // what the way to WhatsApp takes; nil takes no time
}

// one counts a request if it is a dial; what it returns ends that.
func (g *dialGauge) one(r *http.Request) (done func()) {
	if !strings.HasSuffix(r.URL.Path, "/ws/chat") {
		return func() {}
	}
	g.mu.Lock()
	g.total++
	g.going++
	g.most = max(g.most, g.going)
	var way time.Duration
	if g.slow != nil {
		way = time.Duration(50+g.slow.IntN(1500)) * time.Millisecond
	}
	g.mu.Unlock()
	time.Sleep(way)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.going--
	}
}

// slowDown makes every dial take its time.
func (g *dialGauge) slowDown(rng *rand.Rand) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slow = rng
}

func (g *dialGauge) counts() (total, most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.total, g.most
}

// atRest reports whether no dial is on its way.
func (g *dialGauge) atRest() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.going == 0
}

// member is one of many linked devices, with somebody who writes to it.
type member struct {
	id           domain.DeviceID
	subaccount   domain.SubaccountID
	chat         domain.ConversationID
	ours, friend *wasim.Phone
	written      int // by the friend
	answered     int // by us
}

// crowd is a workspace with many linked devices, in a bubble.
type crowd struct {
	*bubble
	members []*member
}

// inCrowd runs a test with so many linked devices, each with a conversation.
func inCrowd(t *testing.T, n int, test func(c *crowd)) {
	t.Helper()
	inCrowdAt(t, wasim.Options{}, n, test)
}

// inCrowdAt is inCrowd with a WhatsApp of one's own making.
func inCrowdAt(t *testing.T, at wasim.Options, n int, test func(c *crowd)) {
	t.Helper()
	inBubbleAt(t, at, func(b *bubble) {
		c := &crowd{bubble: b}
		for i := range n {
			m := &member{
				ours:   b.world.phone(fmt.Sprintf("+3460001%04d", i), "Client"),
				friend: b.world.phone(fmt.Sprintf("+3460002%04d", i), "Friend"),
			}
			m.subaccount = b.subaccount(fmt.Sprintf("Client %d", i))
			m.id = b.device(m.subaccount, "Reception")
			b.link(m.id, m.ours)
			c.write(m)
			m.chat = b.conversation(m.subaccount).Ref.Conversation
			c.members = append(c.members, m)
		}
		synctest.Wait()
		test(c)
	})
}

// write has the friend write, each time something else.
func (c *crowd) write(m *member) {
	m.written++
	_, err := m.friend.SendText(context.Background(), m.ours.Number(), fmt.Sprintf("hello %d", m.written))
	assert.NoError(c.t, err)
}

// answer answers the friend, each time with something else, whatever the device's connection is.
func (c *crowd) answer(m *member) {
	m.answered++
	_, err := c.inbox.Send(context.Background(), m.chat, domain.FirstOperator, fmt.Sprintf("answer %d", m.answered))
	assert.NoError(c.t, err)
}

// connected counts the devices that are Connected.
func (c *crowd) connected() int {
	devices, err := c.store.Devices(context.Background())
	require.NoError(c.t, err)
	n := 0
	for _, d := range devices {
		if d.State.Cause == domain.CauseOnline {
			n++
		}
	}
	return n
}

// awaitConnected waits until all devices are Connected.
func (c *crowd) awaitConnected() {
	c.t.Helper()
	c.wait("all devices", func() bool { return c.connected() == len(c.members) })
}

// rows is the history of a member's device, oldest first.
func (c *crowd) rows(m *member) []domain.StateChange {
	c.t.Helper()
	rows, err := c.store.History(context.Background(), domain.DeviceRef{Subaccount: m.subaccount, Device: m.id}, 100_000)
	require.NoError(c.t, err)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows
}

// requireNothingLost compares what was written on both sides with what the database, the friends' phones and the simulator's ledger have:
// everything once.
func (c *crowd) requireNothingLost() {
	c.t.Helper()
	c.wait("what was on its way", func() bool {
		for _, m := range c.members {
			if !c.settled(m) {
				return false
			}
		}
		return true
	})
	for _, m := range c.members {
		want := map[string]int{}
		for i := range m.written {
			want[fmt.Sprintf("hello %d", i+1)] = 1
		}
		for i := range m.answered {
			want[fmt.Sprintf("answer %d", i+1)] = 1
		}
		kept, shown := map[string]int{}, map[string]int{}
		for _, message := range c.all(m.chat) {
			kept[message.Text]++
		}
		for _, message := range m.friend.Messages(m.ours.Number()) {
			shown[message.Text]++
		}
		require.Equal(c.t, want, kept, "in the database")
		require.Equal(c.t, want, shown, "on the friend's phone")
		require.Empty(c.t, c.sim.Ledger().Unacknowledged(wasim.Filter{To: m.ours.Number(), LinkedOnly: true}))
	}
}

// settled reports whether everything that was written has arrived, and nothing waits to be sent.
func (c *crowd) settled(m *member) bool {
	return len(c.all(m.chat)) >= m.written+m.answered &&
		len(m.friend.Messages(m.ours.Number())) >= m.written+m.answered &&
		len(c.sim.Ledger().Unacknowledged(wasim.Filter{To: m.ours.Number(), LinkedOnly: true})) == 0
}

// all returns every message of a conversation.
func (c *crowd) all(id domain.ConversationID) []domain.Message {
	c.t.Helper()
	var out []domain.Message
	for before := domain.Cursor(""); ; {
		page, older, _, err := c.store.Messages(context.Background(), id, before, 200)
		require.NoError(c.t, err)
		out = append(page, out...)
		if older == "" {
			return out
		}
		before = older
	}
}

// heap returns the bytes that live on the heap, and how many goroutines there are.
func heap() (bytes uint64, goroutines int) {
	synctest.Wait()
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, runtime.NumGoroutine()
}

package engine

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// The sizes of the crash test. WAFLOW_CRASH takes the place of crashKills.
const (
	crashKills   = 30 // timed by what was acknowledged, and as many by what was sent; both go on whenever it is killed
	crashDevices = 4
	crashIn      = 10 // messages that each contact writes before a kill
	crashOut     = 5  // messages that the program writes to each contact before a kill
	crashPast    = 200
	crashSeed    = 20261123
)

// crash is a workspace of four devices whose program is killed again and again while it receives and sends, and what people were told.
type crash struct {
	*world
	ours, contacts []*wasim.Phone
	subs           []domain.SubaccountID
	random         *rand.Rand
	accepted       []string // texts that the program said it would send
}

// A program that is killed while messages arrive and go loses none and keeps none twice, and no contact gets one twice: what WhatsApp was told
// we have is on disk, what it was not told comes again, and what may have gone goes again under the id that it had. The simulator lives in this
// process and its ledger is the oracle.
func TestKilledWhileReceivingAndSending(t *testing.T) {
	kills := crashKills
	if more := os.Getenv("WAFLOW_CRASH"); more != "" {
		var err error
		kills, err = strconv.Atoi(more)
		require.NoError(t, err)
	}
	c := newCrash(t)
	for n := range kills {
		c.kill(2*n, true)
		c.kill(2*n+1, false)
	}
	c.check()
	t.Logf("%d kills: %d messages received, %d accepted to be sent", 2*kills, 2*kills*crashDevices*crashIn, len(c.accepted))
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{world: newWorld(t), random: rand.New(rand.NewPCG(crashSeed, 0))}
	r := c.run()
	for i := range crashDevices {
		ours := c.phone(fmt.Sprintf("+3460000001%d", i), fmt.Sprintf("Shop %d", i))
		require.NoError(t, ours.FillHistory(wasim.HistoryOptions{Chats: 5, Messages: crashPast}))
		contact := c.phone(fmt.Sprintf("+3460000014%d", i), fmt.Sprintf("Customer %d", i))
		sub := r.subaccount(fmt.Sprintf("Shop %d", i))
		r.link(r.device(sub, "Reception"), ours)
		_, err := contact.SendText(within(t), ours.Number(), "hello")
		require.NoError(t, err)
		c.ours, c.contacts, c.subs = append(c.ours, ours), append(c.contacts, contact), append(c.subs, sub)
	}
	for i := range c.ours {
		r.await(func() bool { return slices.ContainsFunc(r.inboxOf(c.subs[i]), isCustomer) })
	}
	r.stop() // the history may be half way
	return c
}

func isCustomer(c domain.Conversation) bool { return strings.HasPrefix(c.Title, "Customer ") }

// writeToEverybody is what the program does that is killed: it answers everybody who wrote live, and says which answers it has accepted.
func (e *Engine) writeToEverybody(ctx context.Context, begin string) {
	page, err := e.inbox.Conversations(ctx, domain.ConversationQuery{Limit: 200})
	if err != nil {
		return
	}
	for n := range crashOut {
		for _, to := range page.Conversations {
			if !isCustomer(to) {
				continue
			}
			text := fmt.Sprintf("%s %d to %s", begin, n, to.Title)
			if _, err := e.inbox.Send(ctx, to.Ref.Conversation, domain.FirstOperator, text); err != nil {
				return
			}
			fmt.Println(text)
		}
	}
}

// kill runs the program until so many messages more were acknowledged, or submitted, and kills it.
func (c *crash) kill(n int, receiving bool) {
	c.t.Helper()
	const in, out = crashDevices * crashIn, crashDevices * crashOut
	began, waited := c.sim.Ledger().Totals().Submissions, c.waiting()
	var said bytes.Buffer
	victim := c.startVictim(fmt.Sprintf("answer %05d", n), &said)
	for i, contact := range c.contacts {
		_, err := contact.Burst(within(c.t), c.ours[i].Number(), fmt.Sprintf("message %05d", n), crashIn)
		require.NoError(c.t, err)
	}
	share := 10 + c.random.IntN(80) // per cent of the work
	require.NoError(c.t, c.sim.WaitFor(within(c.t), func() bool {
		if receiving {
			return c.waiting() <= waited+in-in*share/100
		}
		return c.sim.Ledger().Totals().Submissions >= began+in+out*share/100
	}))
	require.NoError(c.t, victim.Process.Kill())
	require.Error(c.t, victim.Wait(), "it was killed")
	lines := strings.Split(said.String(), "\n")
	c.accepted = append(c.accepted, lines[:len(lines)-1]...) // a line that is not whole was not said
}

func (c *crash) waiting() int {
	sum := 0
	for _, ours := range c.ours {
		sum += linked(c.t, ours).Waiting
	}
	return sum
}

// check compares the database and the contacts' phones with the ledger.
func (c *crash) check() {
	c.t.Helper()
	r := c.run()
	reached := map[string]int{}
	for i, contact := range c.contacts {
		c.awaitAllAcked(c.ours[i])
		require.Eventually(c.t, func() bool { return c.settled(r, c.subs[i]) }, 2*patience, patience/600)
		rows := c.rows(r, c.subs[i])
		for _, s := range c.sim.Ledger().Submissions(contact.Number()) {
			require.Equal(c.t, 1, rows[s.ID], "rows of a message that a contact wrote")
		}
		var before string
		for _, m := range contact.Messages(c.ours[i].Number()) {
			if m.FromMe {
				continue
			}
			reached[m.Text]++
			require.Equal(c.t, 1, rows[m.ID], "rows of a message that reached a contact")
			require.Less(c.t, before, m.Text, "in the order in which they were written")
			before = m.Text
			for _, d := range c.sim.Ledger().Deliveries(wasim.Filter{ID: m.ID, To: contact.Number()}) {
				require.LessOrEqual(c.t, d.Decrypted, 1, "it reached the contact twice")
			}
		}
		all := len(c.sim.Ledger().Submissions(contact.Number())) + len(contact.Messages(c.ours[i].Number())) - c.fromMe(i) + crashPast
		r.await(func() bool { return r.countAll(c.subs[i]) >= all }) // a phone hands over the next piece of the past when it knows that the one before is kept
		require.Equal(c.t, all, r.countAll(c.subs[i]), "rows in all: what came, what went, and the past")
	}
	for _, text := range c.accepted {
		require.Equal(c.t, 1, reached[text], "accepted: %s", text)
	}
}

func (c *crash) fromMe(i int) int {
	n := 0
	for _, m := range c.contacts[i].Messages(c.ours[i].Number()) {
		if m.FromMe {
			n++
		}
	}
	return n
}

// settled reports whether everything has gone and the past is whole.
func (c *crash) settled(r *running, sub domain.SubaccountID) bool {
	page, err := r.inbox.Conversations(within(c.t), domain.ConversationQuery{Subaccount: sub, Unsent: true, Limit: 10})
	require.NoError(c.t, err)
	snapshot, err := r.fleet.Snapshot(within(c.t))
	require.NoError(c.t, err)
	jobs := 0
	for _, d := range snapshot.Devices {
		waiting, err := r.store.HistoryJobs(within(c.t), d.Ref.Device)
		require.NoError(c.t, err)
		jobs += len(waiting)
	}
	return page.Total == 0 && jobs == 0
}

// rows counts the rows of each id in the conversation with the customer.
func (c *crash) rows(r *running, sub domain.SubaccountID) map[string]int {
	c.t.Helper()
	all := r.inboxOf(sub)
	with := all[slices.IndexFunc(all, isCustomer)]
	rows := map[string]int{}
	for cursor, first := domain.Cursor(""), true; first || cursor != ""; first = false {
		thread, err := r.inbox.Thread(within(c.t), with.Ref.Conversation, cursor, 200)
		require.NoError(c.t, err)
		for _, m := range thread.Messages {
			rows[m.WAID]++
			require.False(c.t, m.Text == "" || m.Kind != domain.KindText, "a row without its text")
		}
		cursor = thread.Before
	}
	return rows
}

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
	crashKills    = 60 // timed by what was acknowledged, and as many by what was sent; both go on whenever it is killed
	crashWalk     = 60 // of each over one workspace: after them another one begins, so that the last kill takes no longer than the first
	crashDevices  = 4
	crashTexts    = 2 // that each contact writes before a kill, and one picture after them
	crashOut      = 2 // messages that the program writes to each contact before a kill
	crashPast     = 200
	crashPiece    = 20 // messages of the past that a phone hands over at a time
	crashAgain    = 12 // kills after which the next phone hands its past over again
	crashPictures = 3  // different ones
	crashSeed     = 20261123
)

// crash is a workspace of four devices whose program is killed again and again while it receives and sends, and what people were told.
type crash struct {
	*world
	ours, contacts []*wasim.Phone
	subs           []domain.SubaccountID
	devices        []uint16 // of ours, as their phones know them
	handed         []int    // how often each of our phones has begun to hand over its past
	random         *rand.Rand
	samples        []wasim.File
	pictures       []map[string]string // that each contact sent: the hash of the file by the id of the message
	accepted       []string            // texts that the program said it would send
}

// A program that is killed while messages, pictures and pieces of the past arrive and messages go loses none and keeps none twice, and no contact
// gets one twice: what WhatsApp was told we have is on disk, what it was not told comes again, and what may have gone goes again under the id that
// it had. The simulator lives in this process and its ledger is the oracle.
func TestKilledWhileReceivingAndSending(t *testing.T) {
	kills := crashKills
	if more := os.Getenv("WAFLOW_CRASH"); more != "" {
		var err error
		kills, err = strconv.Atoi(more)
		require.NoError(t, err)
	}
	var samples []wasim.File
	for i := range crashPictures {
		sample, err := wasim.SampleFile(wasim.KindImage, i)
		require.NoError(t, err)
		samples = append(samples, sample)
	}
	for first := 0; first < kills; first += crashWalk {
		t.Run(fmt.Sprintf("from %d", first), func(t *testing.T) {
			c := newCrash(t, uint64(first), samples)
			of := min(crashWalk, kills-first)
			for n := range of {
				c.kill(2*n, true)
				c.kill(2*n+1, false)
			}
			pieces := c.check()
			t.Logf("%d kills: %d messages received, %d of them pictures, in the meantime %d pieces of history; %d accepted to be sent",
				2*of, 2*of*crashDevices*(crashTexts+1), 2*of*crashDevices, pieces, len(c.accepted))
		})
	}
}

func newCrash(t *testing.T, walk uint64, samples []wasim.File) *crash {
	t.Helper()
	c := &crash{world: newWorld(t), random: rand.New(rand.NewPCG(crashSeed, walk)), samples: samples}
	r := c.run()
	for i := range crashDevices {
		ours := c.phone(fmt.Sprintf("+3460000001%d", i), fmt.Sprintf("Shop %d", i))
		require.NoError(t, ours.FillHistory(wasim.HistoryOptions{Chats: 5, Messages: crashPast, Piece: crashPiece}))
		contact := c.phone(fmt.Sprintf("+3460000014%d", i), fmt.Sprintf("Customer %d", i))
		sub := r.subaccount(fmt.Sprintf("Shop %d", i))
		r.link(r.device(sub, "Reception"), ours)
		_, err := contact.SendText(within(t), ours.Number(), "hello")
		require.NoError(t, err)
		c.ours, c.contacts, c.subs = append(c.ours, ours), append(c.contacts, contact), append(c.subs, sub)
		c.devices, c.handed, c.pictures = append(c.devices, linked(t, ours).ID), append(c.handed, 1), append(c.pictures, map[string]string{})
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

// kill runs the program until a share of what is written to it is acknowledged, or so many messages were submitted, and kills it.
func (c *crash) kill(n int, receiving bool) {
	c.t.Helper()
	if n%crashAgain == crashAgain-1 {
		i := n / crashAgain % crashDevices
		require.NoError(c.t, c.ours[i].HandOverAgain(c.devices[i]))
		c.handed[i]++
	}
	began := c.submitted()
	var said bytes.Buffer
	victim := c.startVictim(fmt.Sprintf("answer %05d", n), &said)
	written := c.write(n)
	share := 10 + c.random.IntN(80) // per cent of the work
	require.NoError(c.t, c.sim.WaitFor(within(c.t), func() bool {
		if receiving {
			return c.acknowledged(written) >= crashDevices*(crashTexts+1)*share/100
		}
		return c.submitted() >= began+crashDevices*crashOut*share/100
	}))
	require.NoError(c.t, victim.Process.Kill())
	require.Error(c.t, victim.Wait(), "it was killed")
	lines := strings.Split(said.String(), "\n")
	c.accepted = append(c.accepted, lines[:len(lines)-1]...) // a line that is not whole was not said
}

// write has every contact write texts and send a picture, and returns the ids by contact.
func (c *crash) write(n int) [][]string {
	c.t.Helper()
	written := make([][]string, crashDevices)
	for i, contact := range c.contacts {
		ids, err := contact.Burst(within(c.t), c.ours[i].Number(), fmt.Sprintf("message %05d", n), crashTexts)
		require.NoError(c.t, err)
		file := c.samples[c.random.IntN(len(c.samples))]
		id, err := contact.Write(within(c.t), c.ours[i].Number(), wasim.Draft{Kind: wasim.KindImage, Text: fmt.Sprintf("picture %05d", n), File: &file})
		require.NoError(c.t, err)
		c.pictures[i][id] = sumOf(file.Data)
		written[i] = append(ids, id)
	}
	return written
}

// acknowledged counts which of these messages our devices have acknowledged.
func (c *crash) acknowledged(ids [][]string) int {
	sum := 0
	for i, own := range ids {
		for _, id := range own {
			for _, d := range c.sim.Ledger().Deliveries(wasim.Filter{ID: id, To: c.ours[i].Number(), ToDevice: &c.devices[i]}) {
				sum += min(d.Acked, 1)
			}
		}
	}
	return sum
}

// submitted counts the messages of our devices.
func (c *crash) submitted() int {
	sum := 0
	for i, ours := range c.ours {
		sum += c.sim.Ledger().Submitted(wasim.Address{Number: ours.Number(), Device: c.devices[i]})
	}
	return sum
}

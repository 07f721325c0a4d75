package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// check compares the database, the files and the contacts' phones with the ledger, once everything has come and gone. It returns how many pieces
// of history there were.
func (c *crash) check() int {
	c.t.Helper()
	r := c.run()
	reached, pieces := map[string]int{}, 0
	for i := range c.ours {
		c.awaitAllAcked(c.ours[i])
		var left atomic.Value
		if !assert.Eventually(c.t, func() bool {
			left.Store(c.left(r, i))
			return left.Load() == ""
		}, 2*patience, patience/600) {
			require.FailNow(c.t, "not settled", left.Load())
		}
		c.checkChat(r, i, reached)
		pieces += len(c.sim.Ledger().History(wasim.Filter{From: c.ours[i].Number()}))
	}
	for _, text := range c.accepted {
		require.Equal(c.t, 1, reached[text], "accepted: %s", text)
	}
	c.checkFiles()
	return pieces
}

// checkChat compares the rows of a shop with what its phone shows, and the customer's conversation with what the customer wrote and got, which it
// counts in reached.
func (c *crash) checkChat(r *running, i int, reached map[string]int) {
	c.t.Helper()
	ours, contact, rows := c.ours[i], c.contacts[i], c.rows(r, i)
	shown := 0
	for _, with := range r.inboxOf(c.subs[i]) {
		for _, m := range ours.Messages("+" + with.Peer.Number) {
			shown++
			require.Equal(c.t, 1, rows[m.ID], "rows of a message of %s with %s: %s", m.At, with.Title, m.Text)
		}
	}
	require.Equal(c.t, shown, r.countAll(c.subs[i]), "rows in all")
	decrypted := map[string]int{}
	for _, d := range c.sim.Ledger().Deliveries(wasim.Filter{From: ours.Number(), To: contact.Number()}) {
		decrypted[d.ID] += d.Decrypted
	}
	before := ""
	for _, m := range contact.Messages(ours.Number()) {
		require.Equal(c.t, 1, rows[m.ID], "rows of a message that a contact has")
		if m.FromMe {
			continue
		}
		reached[m.Text]++
		require.Equal(c.t, 1, decrypted[m.ID], "how often it reached the contact")
		require.Less(c.t, before, m.Text, "in the order in which they were written")
		before = m.Text
	}
	require.Equal(c.t, c.all(i), shown, "what came, what went, and the past")
}

// all is how many messages a shop has: what its customer wrote and got, and the past.
func (c *crash) all(i int) int {
	sum := crashPast
	for _, m := range c.contacts[i].Messages(c.ours[i].Number()) {
		if !m.FromMe {
			sum++
		}
	}
	return sum + len(c.sim.Ledger().Submissions(c.contacts[i].Number()))
}

// left says what is still to come or to go before a shop can be compared: nothing is once it is settled.
func (c *crash) left(r *running, i int) string {
	if waiting := linked(c.t, c.ours[i]).Waiting; waiting > 0 {
		return fmt.Sprintf("%d stanzas to the device", waiting)
	}
	page, err := r.inbox.Conversations(within(c.t), domain.ConversationQuery{Subaccount: c.subs[i], Unsent: true, Limit: 10})
	require.NoError(c.t, err)
	if page.Total > 0 {
		return "messages of the shop"
	}
	if going := c.sim.Ledger().Unacknowledged(wasim.Filter{From: c.ours[i].Number(), To: c.contacts[i].Number()}); len(going) > 0 {
		return fmt.Sprintf("%d messages to the customer", len(going))
	}
	whole := 0 // a phone is not told of every piece that it has gone: a connection may end over that
	for _, piece := range c.sim.Ledger().History(wasim.Filter{From: c.ours[i].Number()}) {
		if piece.Type == "FULL" && piece.Progress == 100 {
			whole++
		}
	}
	if whole < c.handed[i] {
		return fmt.Sprintf("the past, which was handed over %d times of %d", whole, c.handed[i])
	}
	for _, id := range c.ids(r, i) {
		if jobs, err := r.store.HistoryJobs(within(c.t), id); err != nil || len(jobs) > 0 {
			return fmt.Sprintf("%d pieces of the past", len(jobs))
		}
	}
	for _, m := range c.messages(r, i) {
		if m.Kind == domain.KindImage && m.Media.State != domain.MediaHere {
			return "the picture of a message: it is " + string(m.Media.State)
		}
	}
	if rows, all := r.countAll(c.subs[i]), c.all(i); rows < all {
		return fmt.Sprintf("%d of %d rows", all-rows, all)
	}
	return ""
}

// ids are the devices of a shop.
func (c *crash) ids(r *running, i int) []domain.DeviceID {
	snapshot, err := r.fleet.Snapshot(within(c.t))
	require.NoError(c.t, err)
	var ids []domain.DeviceID
	for _, d := range snapshot.Devices {
		if d.Ref.Subaccount == c.subs[i] {
			ids = append(ids, d.Ref.Device)
		}
	}
	return ids
}

// messages are all that a shop has.
func (c *crash) messages(r *running, i int) []domain.Message {
	c.t.Helper()
	var all []domain.Message
	for _, with := range r.inboxOf(c.subs[i]) {
		for cursor, first := domain.Cursor(""), true; first || cursor != ""; first = false {
			page, err := r.inbox.Thread(within(c.t), with.Ref.Conversation, cursor, 200)
			require.NoError(c.t, err)
			all = append(all, page.Messages...)
			cursor = page.Before
		}
	}
	return all
}

// rows counts the rows of each id of a shop, and looks at what they hold.
func (c *crash) rows(r *running, i int) map[string]int {
	c.t.Helper()
	rows := map[string]int{}
	for _, m := range c.messages(r, i) {
		rows[m.WAID]++
		require.NotEmpty(c.t, m.Text, "a row without its text")
		if sum, picture := c.pictures[i][m.WAID]; picture {
			require.Equal(c.t, domain.KindImage, m.Kind)
			require.Equal(c.t, sum, m.Media.SHA256)
		} else {
			require.Equal(c.t, domain.KindText, m.Kind)
		}
	}
	return rows
}

// checkFiles looks at the folder of files: each picture of a shop is in it once, and whole.
func (c *crash) checkFiles() {
	c.t.Helper()
	named := map[string]string{}
	for i, sub := range c.subs {
		for _, sum := range c.pictures[i] {
			named[strconv.Itoa(int(sub))+"/"+sum] = sum
		}
	}
	files := c.mediaFiles()
	require.Len(c.t, files, len(named))
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(c.dir, "media", filepath.FromSlash(name)))
		require.NoError(c.t, err)
		require.Equal(c.t, named[name], sumOf(data))
	}
}

package store

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// arrivedAt is something that arrived at one of two devices.
type arrivedAt struct {
	device int
	in     domain.Inbound
}

// story is what happens between two devices of a subaccount and one person, who is named by LID, by number or by both: messages both ways,
// some of them by both devices, some unreadable at first, receipts, reactions, votes, edits and deletions, and in the end the word that LID and number are the same person.
func story(t *rapid.T) []arrivedAt {
	lid, number := domain.Peer{LID: "111"}, domain.Peer{Number: "34611111111"}
	names := []domain.Peer{lid, number, {LID: lid.LID, Number: number.Number}}
	who := rapid.SampledFrom(names)
	at := rapid.IntRange(0, 1)
	events := []arrivedAt{{0, identity(lid.LID, number.Number)}}
	for i := range rapid.IntRange(1, 6).Draw(t, "received") {
		id := fmt.Sprintf("IN%d", i)
		for range rapid.IntRange(1, 2).Draw(t, "carriers") {
			in := text(id, who.Draw(t, "sender"), 10*i, "text "+id)
			events = append(events, arrivedAt{at.Draw(t, "at"), in})
			if rapid.Bool().Draw(t, "unreadable too") {
				broken := text(id, who.Draw(t, "sender"), 10*i, "")
				broken.Message.Kind, broken.Message.Undecrypt = domain.KindUnknown, true
				events = append(events, arrivedAt{at.Draw(t, "at"), broken})
			}
		}
		for _, c := range becomes(t, id, domain.Target{Sender: who.Draw(t, "author")}, who) {
			events = append(events, arrivedAt{at.Draw(t, "at"), c})
		}
		if rapid.IntRange(0, 3).Draw(t, "read on the phone") == 0 {
			events = append(events, arrivedAt{at.Draw(t, "at"), receipt(domain.ReceiptReadSelf, who.Draw(t, "chat"), id)})
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "sent") {
		id := fmt.Sprintf("OUT%d", i)
		events = append(events, arrivedAt{0, fromPhone(id, who.Draw(t, "recipient"), 10*i+5, "text "+id)})
		for _, c := range becomes(t, id, domain.Target{FromMe: true}, who) {
			events = append(events, arrivedAt{0, c})
		}
		for _, kind := range []domain.ReceiptKind{domain.ReceiptDelivered, domain.ReceiptRead, domain.ReceiptPlayed} {
			if rapid.Bool().Draw(t, string(kind)) {
				events = append(events, arrivedAt{0, receipt(kind, who.Draw(t, "reader"), id)})
			}
		}
	}
	return events
}

// becomes is what the two do to a message after it was sent. Of its id a change has only what makes it another one.
func becomes(t *rapid.T, id string, target domain.Target, who *rapid.Generator[domain.Peer]) []domain.Inbound {
	target.WAID = id
	var out []domain.Inbound
	for i := range rapid.IntRange(0, 3).Draw(t, "changes") {
		c := domain.InboundChange{
			WAID: fmt.Sprintf("%s-%d", id, i), Chat: who.Draw(t, "chat"), FromMe: rapid.Bool().Draw(t, "by us"),
			At: day().Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "when")) * time.Second), Target: target,
			Kind: rapid.SampledFrom([]domain.ChangeKind{domain.ChangeReaction, domain.ChangeVote, domain.ChangeEdit, domain.ChangeDelete}).Draw(t, "kind"),
		}
		if !c.FromMe {
			c.Sender = who.Draw(t, "doer")
		}
		switch c.Kind {
		case domain.ChangeReaction:
			c.Emoji = rapid.SampledFrom([]string{"", "👍", "❤️"}).Draw(t, "emoji")
		case domain.ChangeVote:
			c.Options = rapid.SampledFrom([][]string{nil, {"aa"}, {"bb", "aa"}}).Draw(t, "options")
		case domain.ChangeEdit:
			c.Text = rapid.SampledFrom([]string{"", "new", "newer"}).Draw(t, "text")
		default:
		}
		out = append(out, domain.Inbound{Change: &c})
	}
	return out
}

// TestAnyOrderGivesTheSameRows plays a story in two orders, with things repeated, and compares what the database holds in the end.
func TestAnyOrderGivesTheSameRows(t *testing.T) {
	sameDraws(t)
	keeping, forgetting := emptyWorkspace(t, true), emptyWorkspace(t, false)
	rapid.Check(t, func(t *rapid.T) {
		empty := keeping
		if rapid.Bool().Draw(t, "deleted messages are forgotten") {
			empty = forgetting
		}
		events := story(t)
		require.Equal(t, play(t, empty, events), play(t, empty, shuffled(t, events)))
	})
}

// sameDraws has rapid draw the same in every run of the tests, so that what fails can be had again; -rapid.seed draws something else.
func sameDraws(t *testing.T) {
	if flag.Lookup("rapid.seed").Value.String() == "0" {
		require.NoError(t, flag.Set("rapid.seed", "20261124"))
	}
}

// A message that came by two names of its sender was deleted by its sender, whichever of the two said so; windows hear of it.
func TestADeletionByAnotherNameOfTheSender(t *testing.T) {
	ctx, shown := context.Background(), newWindow()
	s, err := Open(ctx, Options{Dir: t.TempDir(), Now: day, Committed: shown.apply})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	byLID, byNumber := domain.Peer{LID: "111"}, domain.Peer{Number: "34611111111"}
	s.mustReceive(t, d.Ref, text("IN", byLID, 0, "hello"))
	s.mustReceive(t, d.Ref, text("IN", byNumber, 0, "hello"))
	s.mustReceive(t, d.Ref, domain.Inbound{Change: &domain.InboundChange{
		Kind: domain.ChangeDelete, WAID: "IN-1", Chat: byNumber, Sender: byNumber, At: day(), Target: domain.Target{WAID: "IN", Sender: byNumber},
	}})
	s.mustReceive(t, d.Ref, text("IN2", domain.Peer{LID: "111", Number: "34611111111"}, 1, "it is me"))
	shown.check(t, s)
	require.Len(t, shown.messages, 2)
	for _, m := range shown.messages {
		if m.WAID == "IN" {
			require.Equal(t, domain.DeletedBySender, m.Deleted.By)
		}
	}
}

// shuffled mixes the events, with repetitions.
func shuffled(t *rapid.T, events []arrivedAt) []arrivedAt {
	mixed := rapid.Permutation(events).Draw(t, "order")
	for _, again := range rapid.SliceOfN(rapid.IntRange(0, len(events)-1), 0, 5).Draw(t, "repeated") {
		mixed = append(mixed, mixed[again])
	}
	return mixed
}

// emptyWorkspace makes a database with two linked devices, to be copied.
func emptyWorkspace(t *testing.T, keepDeleted bool) []byte {
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	require.NoError(t, err)
	sub := s.mustSubaccount(t, "Acme").ID
	s.mustDevice(t, sub, "34600000001")
	s.mustDevice(t, sub, "34600000002")
	_, err = s.SetKeepDeleted(context.Background(), sub, keepDeleted)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	raw, err := os.ReadFile(filepath.Join(dir, databaseFile))
	require.NoError(t, err)
	return raw
}

// play lets everything arrive and returns what the database says then.
func play(t *rapid.T, empty []byte, events []arrivedAt) []string {
	dir, err := os.MkdirTemp("", "waflow-order-*")
	require.NoError(t, err)
	defer func() { require.NoError(t, os.RemoveAll(dir)) }()
	require.NoError(t, os.WriteFile(filepath.Join(dir, databaseFile), empty, 0o600))
	shown := newWindow()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day, Committed: shown.apply})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	devices, err := s.Devices(context.Background())
	require.NoError(t, err)
	for _, e := range events {
		require.NoError(t, s.Receive(context.Background(), devices[e.device].Ref, e.in))
	}
	checkCounts(t, s)
	shown.check(t, s)
	return s.told(t)
}

// told is all that matters of the rows, without ids and times of ours.
func (s *Store) told(t *rapid.T) []string {
	var out []string
	for _, query := range []string{
		`SELECT 'contact ' || COALESCE(c.lid, '') || ' ' || c.push_name || ' ' || COALESCE((SELECT GROUP_CONCAT(number) FROM contact_numbers n WHERE n.contact_id = c.id), '')
			FROM contacts c`,
		`SELECT 'conversation ' || messages || ' ' || unread || ' ' || last_at || ' ' || first_in_at FROM conversations`,
		`SELECT waid || ' ' || direction || ' ' || kind || ' ' || text || ' ' || at || ' ' || state || ' ' || unread || ' ' || undecrypted || ' '
			|| edited_at || ' ' || deleted_at || ' ' || (deleted_by > 0) || ' '
			|| COALESCE((SELECT GROUP_CONCAT(device_id) FROM (SELECT device_id FROM message_devices d WHERE d.message_id = m.id ORDER BY device_id)), '')
			FROM messages m ORDER BY at, waid`,
		`SELECT 'remark ' || m.waid || ' ' || r.kind || ' ' || (r.contact_id > 0) || ' ' || r.device_id || ' ' || r.at || ' ' || r.value
			FROM remarks r JOIN messages m ON m.id = r.message_id ORDER BY m.waid, r.kind, r.contact_id, r.device_id`,
		`SELECT 'version ' || m.waid || ' ' || v.waid || ' ' || v.at || ' ' || v.text FROM message_versions v JOIN messages m ON m.id = v.message_id ORDER BY v.waid, m.waid`,
		`SELECT 'waits ' || waid || ' ' || change FROM early_changes ORDER BY 1`,
		`SELECT 'early ' || waid || ' ' || kind || ' ' || device_id FROM receipts GROUP BY waid, kind, device_id ORDER BY waid, kind, device_id`,
	} {
		rows, err := collect(reading{context.Background(), s.read}, scanText, query)
		require.NoError(t, err)
		out = append(out, rows...)
	}
	return out
}

// checkCounts compares what is kept about messages with the messages.
func checkCounts(t *rapid.T, s *Store) {
	total := 0
	for _, c := range s.mustConversations(t) {
		thread := s.mustThread(t, c.Ref.Conversation)
		var unread int
		require.NoError(t, reading{context.Background(), s.read}.row("SELECT COUNT(*) FROM messages WHERE conversation_id = $1 AND unread", c.Ref.Conversation).Scan(&unread))
		require.Equal(t, unread, c.Unread)
		require.Equal(t, thread[len(thread)-1], c.LastMessage)
		total += unread
	}
	kept := 0
	for _, u := range s.counts.all() {
		kept += u.Messages
	}
	require.Equal(t, total, kept)
}

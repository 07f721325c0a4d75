package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/words"
)

// searched is a workspace that things happen in, with everybody who may write there.
type searched struct {
	*Store
	devices []domain.Device // two of the first subaccount, one of the second
	people  []domain.Peer
	sent    int
}

// sayings are texts in several languages, with words in common.
func sayings() []string {
	return []string{
		"Buenos días, Ana", "buenas tardes", "¿Qué precio tiene?", "El PRECIO es 12,50 €", "привет, Анна", "我的手机号码", "手机坏了", "お願いします", "ราคาเท่าไรครับ",
		"안녕하세요", "precio del hotel: 我的手机", "", "🎉", "Anabel", "hotel Ana",
	}
}

func questions() []string {
	return []string{"ana", "precio", "pre", "buen", `"precio es"`, "手机", "我", "ราคา", "ана", "при", "안녕", "hotel ana", "a", `"`, "🎉", "願", "12"}
}

// act does one thing that may happen to messages.
func (s *searched) act(t *rapid.T) {
	ctx := context.Background()
	device := rapid.SampledFrom(s.devices).Draw(t, "device").Ref
	who := rapid.SampledFrom(s.people).Draw(t, "who")
	said := rapid.SampledFrom(sayings()).Draw(t, "said")
	id := fmt.Sprintf("M%d", rapid.IntRange(0, 12).Draw(t, "id"))
	second := rapid.IntRange(-90_000, 90_000).Draw(t, "second")
	in := text(id, who, second, said)
	switch rapid.IntRange(0, 11).Draw(t, "what") {
	case 0, 1, 2:
		require.NoError(t, s.Receive(ctx, device, in))
	case 3: // unreadable at first; the same id may be revealed by another draw
		in.Message.Kind, in.Message.Text, in.Message.Undecrypt = domain.KindUnknown, "", true
		require.NoError(t, s.Receive(ctx, device, in))
	case 4:
		in.Message.Chat = domain.Peer{Group: "120363000000000001"}
		in.Message.Kind = domain.KindDocument
		in.Message.Content = &domain.Content{File: &domain.File{Name: rapid.SampledFrom(sayings()).Draw(t, "file") + ".pdf"}}
		require.NoError(t, s.Receive(ctx, device, in))
	case 5:
		require.NoError(t, s.KeepPast(ctx, device, domain.Past{Messages: []domain.InboundMessage{*in.Message}}))
	case 6: // two of the people are the same one
		require.NoError(t, s.Receive(ctx, device, identity("111", "34611111111")))
	case 7:
		s.write1(t, device, said)
	case 8: // the index gets some of what it lacks
		most := rapid.IntRange(1, 5).Draw(t, "at once")
		require.NoError(t, s.do(ctx, "index", func(t *tx) error { return indexSome(t, most) }))
	case 9:
		require.NoError(t, s.indexUpTo(ctx, 0))
	case 10: // by who wrote it, perhaps before it comes
		s.sent++
		change := &domain.InboundChange{
			WAID: fmt.Sprintf("C%d", s.sent), Chat: who, Sender: who, At: in.Message.At, Target: domain.Target{WAID: id, Sender: who},
			Kind: rapid.SampledFrom([]domain.ChangeKind{domain.ChangeEdit, domain.ChangeDelete}).Draw(t, "change"), Text: said,
		}
		require.NoError(t, s.Receive(ctx, device, domain.Inbound{Change: change}))
	case 11:
		_, err := s.SetKeepDeleted(ctx, device.Subaccount, rapid.Bool().Draw(t, "kept"))
		require.NoError(t, err)
	}
}

// write1 queues an answer in the newest conversation of a subaccount, which is then sent, or taken back.
func (s *searched) write1(t *rapid.T, device domain.DeviceRef, said string) {
	ctx := context.Background()
	page, _, _, err := s.Conversations(ctx, domain.ConversationQuery{Subaccount: device.Subaccount, Limit: 1})
	require.NoError(t, err)
	if len(page) == 0 {
		return
	}
	s.sent++
	m, err := s.QueueMessage(ctx, domain.NewMessage{
		Conversation: page[0].Ref, Device: device.Device, Operator: domain.FirstOperator, WAID: fmt.Sprintf("OUT%d", s.sent), Text: said, Payload: []byte{1},
	})
	require.NoError(t, err)
	if rapid.Bool().Draw(t, "taken back") {
		_, err := s.CancelMessage(ctx, m.ID, false)
		require.NoError(t, err)
	}
}

// naive finds by reading every row.
func (s *searched) naive(t require.TestingT, q domain.SearchQuery) []domain.MessageID {
	r := reading{context.Background(), s.read}
	rows, err := collect(r, scanPlaced, "SELECT "+placeOfM+", "+placedColumns+" FROM messages m"+contentOfM+" ORDER BY 1 DESC")
	require.NoError(t, err)
	out := []domain.MessageID{}
	for _, row := range rows {
		m := row.message
		carriers, err := collect(r, scanDeviceID, "SELECT device_id FROM message_devices WHERE message_id = $1", m.ID)
		require.NoError(t, err)
		var sender domain.ContactID
		require.NoError(t, r.row("SELECT COALESCE(sender_id, 0) FROM messages WHERE id = $1", m.ID).Scan(&sender))
		_, holds := words.Parse(q.Text).Find(row.text)
		if holds && (q.Subaccount == 0 || q.Subaccount == m.Conversation.Subaccount) &&
			(q.Conversation == 0 || q.Conversation == m.Conversation.Conversation) &&
			(q.Device == 0 || slices.Contains(carriers, q.Device)) &&
			(len(q.Kinds) == 0 || slices.Contains(q.Kinds, m.Kind)) &&
			(q.Direction == "" || q.Direction == m.Direction) && (q.Sender == 0 || q.Sender == sender) &&
			(q.From.IsZero() || !m.At.Before(q.From)) && (q.To.IsZero() || m.At.Before(q.To)) {
			out = append(out, m.ID)
		}
	}
	return out
}

// paged finds with the index, a few at a time.
func (s *searched) paged(t require.TestingT, q domain.SearchQuery, limit int) []domain.MessageID {
	out := []domain.MessageID{}
	for q.Limit = limit; ; {
		page, err := s.Search(context.Background(), q)
		require.NoError(t, err)
		require.Equal(t, words.Parse(q.Text).Empty(), page.Nothing)
		require.LessOrEqual(t, len(page.Hits), limit)
		require.Zero(t, page.Unread)
		for _, hit := range page.Hits {
			require.Equal(t, hit.Message.Conversation, hit.Conversation.Ref)
			require.NotEmpty(t, hit.Ranges)
			out = append(out, hit.Message.ID)
		}
		if page.Next == "" {
			return out
		}
		q.Before = page.Next
	}
}

func drawQuery(t *rapid.T, s *searched) domain.SearchQuery {
	q := domain.SearchQuery{Text: rapid.OneOf(rapid.SampledFrom(questions()), rapid.SampledFrom(sayings())).Draw(t, "question")}
	some := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, what) == 0 }
	if some("of a subaccount") {
		q.Subaccount = rapid.SampledFrom(s.devices).Draw(t, "subaccount").Ref.Subaccount
	}
	if some("by a device") {
		q.Device = rapid.SampledFrom(s.devices).Draw(t, "by").Ref.Device
	}
	if page, _, _, err := s.Conversations(context.Background(), domain.ConversationQuery{}); err == nil && len(page) > 0 && some("in one") {
		q.Conversation = rapid.SampledFrom(page).Draw(t, "conversation").Ref.Conversation
	}
	if some("of a kind") {
		q.Kinds = []domain.MessageKind{rapid.SampledFrom([]domain.MessageKind{domain.KindText, domain.KindUnknown}).Draw(t, "kind"), domain.KindDocument}
	}
	if some("one way") {
		q.Direction = rapid.SampledFrom([]domain.Direction{domain.In, domain.Out}).Draw(t, "direction")
	}
	if some("from whom") {
		q.Sender = domain.ContactID(rapid.IntRange(1, 4).Draw(t, "sender"))
	}
	if some("from") {
		q.From = day().Add(time.Duration(rapid.IntRange(-90_000, 90_000).Draw(t, "from at")) * time.Second)
	}
	if some("to") {
		q.To = day().Add(time.Duration(rapid.IntRange(-90_000, 90_000).Draw(t, "to at")) * time.Second)
	}
	return q
}

// searchedWorkspace makes a database with two subaccounts, to be copied.
func searchedWorkspace(t *testing.T) []byte {
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	require.NoError(t, err)
	acme, beta := s.mustSubaccount(t, "Acme").ID, s.mustSubaccount(t, "Beta").ID
	s.mustDevice(t, acme, "34600000001")
	s.mustDevice(t, acme, "34600000002")
	s.mustDevice(t, beta, "34600000003")
	require.NoError(t, s.Close())
	raw, err := os.ReadFile(filepath.Join(dir, databaseFile))
	require.NoError(t, err)
	return raw
}

// TestSearchFindsWhatReadingEveryRowFinds lets things happen to messages, indexed at any moment or not at all, and asks.
func TestSearchFindsWhatReadingEveryRowFinds(t *testing.T) {
	empty := searchedWorkspace(t)
	sameDraws(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "waflow-search-*")
		require.NoError(t, err)
		defer func() { require.NoError(t, os.RemoveAll(dir)) }()
		require.NoError(t, os.WriteFile(filepath.Join(dir, databaseFile), empty, 0o600))
		opened, err := Open(context.Background(), Options{Dir: dir, Now: day})
		require.NoError(t, err)
		defer func() { require.NoError(t, opened.Close()) }()
		s := &searched{Store: opened, people: []domain.Peer{{LID: "111"}, {Number: "34611111111"}, {LID: "222", Number: "34622222222"}}}
		s.devices, err = s.Devices(context.Background())
		require.NoError(t, err)
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			s.act(t)
		}
		for range 3 {
			q := drawQuery(t, s)
			require.Equal(t, s.naive(t, q), s.paged(t, q, rapid.IntRange(1, 5).Draw(t, "limit")), "%+v", q)
		}
		erased := rapid.SampledFrom(s.devices).Draw(t, "removed").Ref
		_, err = s.RemoveDevice(context.Background(), erased, rapid.Bool().Draw(t, "erase"))
		require.NoError(t, err)
		q := drawQuery(t, s)
		require.Equal(t, s.naive(t, q), s.paged(t, q, 3), "%+v", q)
		require.NoError(t, s.indexUpTo(context.Background(), 0))
		s.checkIndex(t)
	})
}

// checkIndex compares what the index and the names hold with the rows, once nothing is due.
func (s *searched) checkIndex(t require.TestingT) {
	r := reading{context.Background(), s.read}
	var indexed, meant []int64
	indexed, err := collect(r, scanPlace, "SELECT rowid FROM message_index ORDER BY rowid")
	require.NoError(t, err)
	rows, err := collect(r, scanPlaced, "SELECT "+placeOfM+", "+placedColumns+" FROM messages m"+contentOfM)
	require.NoError(t, err)
	for _, row := range rows {
		if words.Index(row.text) != "" {
			meant = append(meant, row.place)
		}
	}
	slices.Sort(meant)
	require.Equal(t, meant, indexed)
	wrong, err := collect(r, scanText, "SELECT c.names FROM conversations c JOIN conversation_names n ON n.id = c.id WHERE n.names <> c.names")
	require.NoError(t, err)
	require.Empty(t, wrong)
}

// TestWhatIsTypedNeverBreaksTheSearch asks what people and others may type, with an index and without.
func TestWhatIsTypedNeverBreaksTheSearch(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111", Number: "34611111111"}, 0, "Buenos días"))
	for _, indexed := range []bool{false, true} {
		for _, typed := range []string{
			"", " ", `"`, `""`, `"""`, "'", "*", "^", "a*", "NEAR(", "NEAR(a b, 3)", "AND", "OR NOT", "words:buenos", "{a b}: c", "-buenos", "buenos +", "(", "))", "%", "_", `\`,
			"\x00", "a\x00b", "\xff\xfe", "🎉", "👨‍👩‍👧", "…!?", strings.Repeat("x", 1<<20), strings.Repeat("buenos ", 10_000), strings.Repeat(`"`, 9_999), strings.Repeat("手", 9_999),
			"\U000F0001", "\u202ebuenos", "0", "000", "+", "++34",
		} {
			_, err := s.Search(ctx, domain.SearchQuery{Text: typed})
			require.NoError(t, err, "%.40q", typed)
			_, _, err = s.SearchNames(ctx, domain.NameQuery{Text: typed})
			require.NoError(t, err, "%.40q", typed)
		}
		if !indexed {
			require.NoError(t, s.indexUpTo(ctx, 0))
		}
	}
	for _, cursor := range []domain.Cursor{"x", "-1", "1.2", "99999999999999999999", "01"} {
		_, err := s.Search(ctx, domain.SearchQuery{Text: "buenos", Before: cursor})
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), cursor)
	}
	_, err := s.Search(ctx, domain.SearchQuery{Text: "buenos", Conversation: 99})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

// TestWhatWasEditedOrDeletedIsFoundAsItIsNow asks for the words of a message before and after they change.
func TestWhatWasEditedOrDeletedIsFoundAsItIsNow(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	d := s.mustDevice(t, sub, "34600000001")
	ana := domain.Peer{LID: "111"}
	document := text("A2", ana, 1, "")
	document.Message.Kind, document.Message.Content = domain.KindDocument, &domain.Content{File: &domain.File{Name: "Factura_marzo.pdf"}}
	s.mustReceive(t, d.Ref, text("A1", ana, 0, "precio viejo"))
	s.mustReceive(t, d.Ref, document)
	found := func(typed string) int {
		page, err := s.Search(ctx, domain.SearchQuery{Text: typed})
		require.NoError(t, err)
		return len(page.Hits)
	}
	change := func(kind domain.ChangeKind, target, text string) {
		s.mustReceive(t, d.Ref, domain.Inbound{Change: &domain.InboundChange{
			WAID: "C" + target + string(kind), Chat: ana, Sender: ana, At: day().Add(time.Minute), Target: domain.Target{WAID: target, Sender: ana}, Kind: kind, Text: text,
		}})
	}
	require.NoError(t, s.indexUpTo(ctx, 0))
	require.Equal(t, []int{1, 1}, []int{found("viejo"), found("marzo")})
	change(domain.ChangeEdit, "A1", "precio nuevo")
	require.Equal(t, []int{0, 1}, []int{found("viejo"), found("nuevo")})
	require.NoError(t, s.indexUpTo(ctx, 0))
	change(domain.ChangeDelete, "A1", "")
	require.Equal(t, 1, found("nuevo"), "what is kept is found")
	_, err := s.SetKeepDeleted(ctx, sub, false)
	require.NoError(t, err)
	change(domain.ChangeDelete, "A2", "")
	require.Zero(t, found("marzo"), "and what went is not")
	require.NoError(t, s.indexUpTo(ctx, 0))
	require.Zero(t, found("marzo"))
}

// TestABeginningIsFoundBehindManyThatBeginAlike looks for words of which a shorter beginning finds many others first.
func TestABeginningIsFoundBehindManyThatBeginAlike(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	var past domain.Past
	for i := range 2*tryMore + 120 {
		said := "presente"
		if i >= tryMore+60 && i < tryMore+120 || i%100 == 99 {
			said = "precio"
		}
		past.Messages = append(past.Messages, *text(fmt.Sprintf("M%d", i), domain.Peer{LID: "111"}, -i, said).Message)
	}
	require.NoError(t, s.KeepPast(ctx, d.Ref, past))
	require.NoError(t, s.indexUpTo(ctx, 0))
	found := &searched{Store: s}
	for _, limit := range []int{7, 50, 200} {
		q := domain.SearchQuery{Text: "preci"}
		require.Equal(t, found.naive(t, q), found.paged(t, q, limit))
	}
}

// TestHistoryIsFoundByItsTime brings old messages after new ones: what is newest is what was written last.
func TestHistoryIsFoundByItsTime(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	s.mustReceive(t, d.Ref, text("NEW", ana, 0, "precio nuevo"))
	require.NoError(t, s.KeepPast(ctx, d.Ref, domain.Past{Messages: []domain.InboundMessage{
		*text("OLDER", ana, -7200, "precio viejo").Message, *text("OLD", ana, -3600, "el precio").Message,
	}}))
	require.NoError(t, s.indexUpTo(ctx, 0))
	page, err := s.Search(ctx, domain.SearchQuery{Text: "precio", Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"NEW", "OLD"}, []string{page.Hits[0].Message.WAID, page.Hits[1].Message.WAID})
	require.Equal(t, []domain.TextRange{{From: 3, To: 9}}, page.Hits[1].Ranges)
	page, err = s.Search(ctx, domain.SearchQuery{Text: "precio", Limit: 2, Before: page.Next})
	require.NoError(t, err)
	require.Equal(t, "OLDER", page.Hits[0].Message.WAID)
	require.Empty(t, page.Next)
}

// TestAnOlderWorkspaceIsIndexedBehindItsWindow opens a database of the version before: the newest is found at once, the rest is counted until it
// is found too.
func TestAnOlderWorkspaceIsIndexedBehindItsWindow(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	const messages = dueLookedAt + 2*indexAtOnce
	db := openAt(t, dir, searchVersion(t)-1)
	for _, statement := range []string{
		"INSERT INTO subaccounts (id, name, name_key, initials, colour, position, created) VALUES (1, 'Acme', 'acme', 'A', 'teal', 0, 0)",
		`INSERT INTO devices (id, subaccount_id, label, purpose, priority, status, cause, since, detail, created)
			VALUES (1, 1, 'Desk', 'sales', 'medium', 'pending', 'never_linked', 0, '{}', 0)`,
		"INSERT INTO contacts (id, subaccount_id, lid, push_name, created) VALUES (1, 1, '111', 'José Núñez', 0)",
		"INSERT INTO contact_numbers (subaccount_id, number, contact_id, since) VALUES (1, '34611111111', 1, 0)",
		"INSERT INTO conversations (id, subaccount_id, contact_id, created) VALUES (1, 1, 1, 0)",
		fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO messages (subaccount_id, conversation_id, device_id, sender_id, waid, direction, kind, text, at, state)
			SELECT 1, 1, 1, 1, 'W' || i, 'in', 'text', 'número ' || i, 1700000000000 + i * 60000, 'received' FROM n`, messages),
		fmt.Sprintf("UPDATE conversations SET messages = %d, last_message_id = %d, last_at = 1800000000000", readThrough+1, messages),
	} {
		_, err := db.Exec(ctx, statement)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())

	s := open(t, dir, day)
	newest, err := s.Search(ctx, domain.SearchQuery{Text: fmt.Sprintf("numero %d", messages)})
	require.NoError(t, err)
	require.Len(t, newest.Hits, 1)
	require.Eventually(t, func() bool {
		page, err := s.Search(ctx, domain.SearchQuery{Text: `"numero 1"`})
		require.NoError(t, err)
		require.Equal(t, page.Unread == 0, len(page.Hits) == 1, "what is not found has not been read yet")
		return page.Unread == 0
	}, time.Minute, tick)
	found, total, err := s.SearchNames(ctx, domain.NameQuery{Text: "nunez jose"})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, "José Núñez", found[0].Title)
}

func TestConversationsAreFoundByNameAndNumber(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	acme, beta := s.mustSubaccount(t, "Acme").ID, s.mustSubaccount(t, "Beta").ID
	d1, d2 := s.mustDevice(t, acme, "34600000001"), s.mustDevice(t, beta, "34600000002")
	named := func(waid string, p domain.Peer, name string, second int) domain.Inbound {
		in := text(waid, p, second, "hello")
		in.Message.PushName = name
		return in
	}
	s.mustReceive(t, d1.Ref, named("1", domain.Peer{LID: "111", Number: "34611111111"}, "Ana Beltrán", 0))
	s.mustReceive(t, d1.Ref, named("2", domain.Peer{LID: "222", Number: "8613800138000"}, "王小明", 1))
	s.mustReceive(t, d2.Ref, named("3", domain.Peer{LID: "111", Number: "34611111111"}, "Anita", 2))
	group := named("4", domain.Peer{LID: "333"}, "Bea", 3)
	group.Message.Chat = domain.Peer{Group: "120363000000000001"}
	s.mustReceive(t, d1.Ref, group)
	s.mustReceive(t, d1.Ref, domain.Inbound{Name: &domain.InboundName{Peer: group.Message.Chat, Name: "Bodas & Banquetes"}})

	titles := func(q domain.NameQuery) []string {
		found, total, err := s.SearchNames(ctx, q)
		require.NoError(t, err)
		out := []string{}
		for _, c := range found {
			out = append(out, c.Title)
		}
		require.LessOrEqual(t, len(out), total)
		return out
	}
	for typed, want := range map[string][]string{
		"an": {"Bodas & Banquetes", "Anita", "Ana Beltrán"}, "beltran ANA": {"Ana Beltrán"}, "小明": {"王小明"}, "明": {"王小明"}, "bodas": {"Bodas & Banquetes"},
		"+34 611-11": {"Anita", "Ana Beltrán"}, "0034 611 11 11 11": {"Anita", "Ana Beltrán"}, "138 0013": {"王小明"}, "611": {"Anita", "Ana Beltrán"}, "bea": {}, "!": {}, "999": {},
	} {
		require.Equal(t, want, titles(domain.NameQuery{Text: typed}), typed)
	}
	require.Equal(t, []string{"Ana Beltrán"}, titles(domain.NameQuery{Text: "611", Subaccount: acme}))
	require.Equal(t, []string{"Anita"}, titles(domain.NameQuery{Text: "611", Limit: 1}))

	s.mustReceive(t, d1.Ref, domain.Inbound{Name: &domain.InboundName{Peer: domain.Peer{LID: "111"}, Name: "Ana María"}})
	require.Empty(t, titles(domain.NameQuery{Text: "beltran"}))
	require.Equal(t, []string{"Ana María"}, titles(domain.NameQuery{Text: "maria"}))
	s.mustReceive(t, d1.Ref, identity("111", "34677777777"))
	require.Equal(t, []string{"Ana María"}, titles(domain.NameQuery{Text: "677777"}), "a second number finds it too")
	require.Equal(t, []string{"Ana María"}, titles(domain.NameQuery{Text: "611111", Subaccount: acme}))
	s.mustReceive(t, d1.Ref, identity("999", "34677777777"))
	require.Empty(t, titles(domain.NameQuery{Text: "677777"}), "the number has changed hands")
}

// searchVersion is the version of the schema that brought the search.
func searchVersion(t *testing.T) int {
	entries, err := migrations.ReadDir("migrations") // by name
	require.NoError(t, err)
	return 1 + slices.IndexFunc(entries, func(e os.DirEntry) bool { return strings.HasSuffix(e.Name(), "_search.sql") })
}

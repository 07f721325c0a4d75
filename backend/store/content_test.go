package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

var (
	ana  = domain.Peer{LID: "111", Number: "34611111111"}
	luis = domain.Peer{LID: "222", Number: "34622222222"}
)

// picture is a message with a picture.
func picture(waid string, from domain.Peer, second int) domain.Inbound {
	in := text(waid, from, second, "the terrace")
	in.Message.Kind = domain.KindImage
	in.Message.Content = &domain.Content{
		Reply: &domain.Reply{WAID: "R1", Sender: luis, Kind: domain.KindText, Text: "how does it look?"},
		File:  &domain.File{MIME: "image/jpeg", Size: 81_234, Key: domain.FileKey{DirectPath: "/v/x"}}, Thumbnail: []byte("small"),
	}
	in.Message.Raw = []byte("raw")
	return in
}

// line is something in a conversation that nobody wrote.
func line(waid string, from domain.Peer, second int) domain.Inbound {
	in := text(waid, from, second, "")
	in.Message.Kind = domain.KindNotice
	in.Message.Content = &domain.Content{Notice: &domain.Line{Kind: domain.LineTimer, Seconds: 86_400, Actor: from}}
	return in
}

// inGroup turns a message to us into one in a group.
func inGroup(in domain.Inbound) domain.Inbound {
	in.Message.Chat = domain.Peer{Group: "120363000000000001"}
	return in
}

func TestContentIsKeptAndToldWithItsMessage(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	in := picture("A1", ana, 0)
	want := *in.Message.Content
	want.Thumbnail = nil
	for range 2 {
		changed := s.mustReceive(t, d.Ref, in)
		if len(changed.Messages) > 0 {
			require.Equal(t, &want, changed.Messages[0].Content)
			require.Equal(t, &want, changed.Conversations[0].LastMessage.Content)
		}
	}
	c := s.mustConversations(t)[0]
	require.Equal(t, &want, c.LastMessage.Content)
	m, err := s.Message(ctx, c.LastMessage.ID)
	require.NoError(t, err)
	require.Equal(t, &want, m.Content)
	small, err := s.Thumbnail(ctx, m.ID)
	require.NoError(t, err)
	require.Equal(t, []byte("small"), small)

	plain := s.mustReceive(t, d.Ref, text("A2", ana, 1, "hello")).Messages[0]
	require.Nil(t, plain.Content)
	_, err = s.Thumbnail(ctx, plain.ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	var rows int
	require.NoError(t, s.read.QueryRow(ctx, "SELECT COUNT(*) FROM message_content").Scan(&rows))
	require.Equal(t, 1, rows, "plain texts cost nothing")
}

func TestAPlaceholderGetsTheContentOfTheRealMessage(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	in := picture("A1", ana, 0)
	placeholder := text("A1", ana, 0, "")
	placeholder.Message.Kind, placeholder.Message.Undecrypt, placeholder.Message.Content = domain.KindUnknown, true, &domain.Content{Once: true}
	s.mustReceive(t, d.Ref, placeholder)
	changed := s.mustReceive(t, d.Ref, in)
	require.Equal(t, domain.KindImage, changed.Messages[0].Kind)
	require.Equal(t, in.Message.Content.File, changed.Messages[0].Content.File)
	require.False(t, changed.Messages[0].Content.Once)
}

func TestWhoWroteInAGroupIsNamed(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	changed := s.mustReceive(t, d.Ref, inGroup(text("G1", ana, 0, "hello all")))
	author := changed.Messages[0].Author
	require.Equal(t, "Ana", author.Name)
	require.Equal(t, ana.Number, author.Number)
	c := s.mustConversations(t)[0]
	require.Equal(t, author, c.LastMessage.Author)
	require.Equal(t, author, s.mustThread(t, c.Ref.Conversation)[0].Author)
	require.Nil(t, s.mustReceive(t, d.Ref, text("A1", ana, 1, "hello")).Messages[0].Author)
}

func TestContentSurvivesTheMergeOfConversations(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A0", domain.Peer{LID: ana.LID}, 0, "first"))
	s.mustReceive(t, d.Ref, picture("A1", domain.Peer{Number: ana.Number}, 1))
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: ana.LID}, 1, "the terrace"))
	changed := s.mustReceive(t, d.Ref, identity(ana.LID, ana.Number))
	require.Len(t, changed.MessagesGone, 1)
	thread := s.mustThread(t, s.mustConversations(t)[0].Ref.Conversation)
	require.Equal(t, []string{"A0", "A1"}, waids(thread))
	require.NotNil(t, thread[1].Content)
}

func TestANoticeIsNeitherUnreadNorTheLastWord(t *testing.T) {
	for _, order := range [][]domain.Inbound{
		{text("A1", ana, 0, "hello"), line("N1", ana, 1)},
		{line("N1", ana, 1), text("A1", ana, 0, "hello")},
		{line("N0", ana, -1), line("N1", ana, 1), text("A1", ana, 0, "hello")},
	} {
		s := fresh(t)
		d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
		for _, in := range order {
			s.mustReceive(t, d.Ref, in)
		}
		c := s.mustConversations(t)[0]
		require.Equal(t, "A1", c.LastMessage.WAID)
		require.Equal(t, 1, c.Unread)
		require.NoError(t, s.do(context.Background(), "count again", func(t *tx) error { return retally(t, c.Ref) }))
		require.Equal(t, c, s.mustConversations(t)[0])
	}
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, line("N1", ana, 1))
	s.mustReceive(t, d.Ref, line("N0", ana, 0))
	require.Equal(t, "N1", s.mustConversations(t)[0].LastMessage.WAID, "where there is nothing else")
}

// TestAuthorsOfTheVersionBeforeAreNamed migrates what version 8 wrote.
func TestAuthorsOfTheVersionBeforeAreNamed(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, 8)
	for _, query := range []string{
		"INSERT INTO subaccounts (id, name, name_key, initials, colour, position, created) VALUES (1, 'Acme', 'acme', 'A', 'teal', 0, 1)",
		`INSERT INTO devices (id, subaccount_id, slot, label, purpose, priority, status, cause, since, detail, created)
			VALUES (1, 1, 1, 'Desk', 'sales', 'low', 'connected', 'online', 1, '{}', 1)`,
		"INSERT INTO contacts (id, subaccount_id, lid, push_name, created) VALUES (1, 1, '111', 'Ana', 1)",
		"INSERT INTO conversations (id, subaccount_id, group_jid, created, last_message_id) VALUES (1, 1, '120363000000000001', 1, 1)",
		`INSERT INTO messages (id, subaccount_id, conversation_id, device_id, sender_id, waid, direction, kind, text, at, state)
			VALUES (1, 1, 1, 1, 1, 'A1', 'in', 'text', 'hello', 1, 'received')`,
	} {
		_, err := db.Exec(context.Background(), query)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	s := open(t, dir, day)
	require.Equal(t, "Ana", s.mustThread(t, 1)[0].Author.Name)
}

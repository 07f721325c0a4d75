package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func (s *Store) mustConversations(t require.TestingT) []domain.Conversation {
	page, _, _, err := s.Conversations(context.Background(), domain.ConversationQuery{Limit: 100})
	require.NoError(t, err)
	return page
}

func (s *Store) mustThread(t require.TestingT, id domain.ConversationID) []domain.Message {
	page, _, _, err := s.Messages(context.Background(), id, "", 500)
	require.NoError(t, err)
	return page
}

func waids(thread []domain.Message) []string {
	var out []string
	for _, m := range thread {
		out = append(out, m.WAID)
	}
	return out
}

func identity(lid, number string) domain.Inbound {
	return domain.Inbound{Identity: &domain.InboundIdentity{LID: lid, Number: number}}
}

func TestALateIdentityMakesOneConversationOfTwo(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	byNumber, byLID := domain.Peer{Number: "34611111111"}, domain.Peer{LID: "111"}
	s.mustReceive(t, d.Ref, text("N1", byNumber, 0, "first"))
	s.mustReceive(t, d.Ref, text("L1", byLID, 1, "second"))
	s.mustReceive(t, d.Ref, text("N2", byNumber, 2, "third"))
	s.mustReceive(t, d.Ref, text("L0", byLID, 3, "both"))
	s.mustReceive(t, d.Ref, text("L0", byNumber, 3, "both"))
	before := s.mustConversations(t)
	require.Len(t, before, 2)
	older, younger := before[1].Ref, before[0].Ref
	if older.Conversation > younger.Conversation {
		older, younger = younger, older
	}
	require.NoError(t, s.SetDraft(ctx, older, domain.FirstOperator, "dear"))
	require.NoError(t, s.SetDraft(ctx, younger, domain.FirstOperator, "Ana"))

	changed := s.mustReceive(t, d.Ref, identity("111", "34611111111"))
	require.Equal(t, []domain.ConversationID{younger.Conversation}, changed.ConversationsGone)
	require.Len(t, changed.MessagesGone, 1, "the message that both had is one now")
	after := s.mustConversations(t)
	require.Len(t, after, 1)
	c := after[0]
	require.Equal(t, older, c.Ref, "the older conversation stays open")
	require.Equal(t, domain.Peer{LID: "111", Number: "34611111111"}, c.Peer)
	require.Equal(t, 4, c.Unread)
	require.Equal(t, "dear Ana", c.Draft)
	require.Equal(t, []string{"N1", "L1", "N2", "L0"}, waids(s.mustThread(t, c.Ref.Conversation)))
	unread, err := s.Unread(ctx)
	require.NoError(t, err)
	require.Equal(t, []domain.Unread{{Subaccount: d.Ref.Subaccount, Messages: 4, Conversations: 1}}, unread)

	_, err = s.Conversation(ctx, younger.Conversation)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	s.mustReceive(t, d.Ref, text("N3", byNumber, 4, "later"))
	s.mustReceive(t, d.Ref, text("L2", byLID, 5, "later still"))
	require.Len(t, s.mustConversations(t), 1)

	moved, err := collect(reading{ctx, s.read}, scanText, `SELECT m.waid FROM merged_messages g JOIN messages m ON m.id = g.message_id ORDER BY m.waid`)
	require.NoError(t, err)
	require.Equal(t, []string{"L1"}, moved, "what is needed to part them again")
}

func TestAnIdentityThatComesFirstIsRemembered(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	require.True(t, s.mustReceive(t, d.Ref, identity("111", "34611111111")).Empty())
	require.Empty(t, s.mustConversations(t), "knowing who somebody is makes no conversation")
	s.mustReceive(t, d.Ref, text("N1", domain.Peer{Number: "34611111111"}, 0, "by number"))
	s.mustReceive(t, d.Ref, text("L1", domain.Peer{LID: "111"}, 1, "by LID"))
	all := s.mustConversations(t)
	require.Len(t, all, 1)
	require.Equal(t, domain.Peer{LID: "111", Number: "34611111111"}, all[0].Peer)
}

func TestANumberThatChangedHandsStartsAnotherConversation(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111", Number: "34611111111"}, 0, "Ana"))
	s.mustReceive(t, d.Ref, text("B1", domain.Peer{LID: "222", Number: "34611111111"}, 1, "somebody else"))
	all := s.mustConversations(t)
	require.Len(t, all, 2)
	require.Equal(t, domain.Peer{LID: "222", Number: "34611111111"}, all[0].Peer)
	require.Equal(t, domain.Peer{LID: "111"}, all[1].Peer)
}

func TestAPersonMayHaveSeveralNumbers(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111", Number: "34611111111"}, 0, "old number"))
	s.mustReceive(t, d.Ref, text("A2", domain.Peer{LID: "111", Number: "34622222222"}, 1, "new number"))
	s.mustReceive(t, d.Ref, text("A3", domain.Peer{Number: "34611111111"}, 2, "old number again"))
	require.Len(t, s.mustConversations(t), 1)
}

func TestTheSamePersonIsTwoContactsOfTwoSubaccounts(t *testing.T) {
	s := fresh(t)
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	a := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	b := s.mustDevice(t, s.mustSubaccount(t, "Beta").ID, "34600000002")
	s.mustReceive(t, a.Ref, text("A1", ana, 0, "to Acme"))
	s.mustReceive(t, b.Ref, text("A1", ana, 0, "to Beta"))
	all := s.mustConversations(t)
	require.Len(t, all, 2)
	require.NotEqual(t, all[0].Contact, all[1].Contact)
	page, _, total, err := s.Conversations(context.Background(), domain.ConversationQuery{Subaccount: b.Ref.Subaccount})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, "to Beta", page[0].LastMessage.Text)
}

func TestBothDevicesInAGroupKeepOneMessage(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	a, b := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002")
	group, ana := domain.Peer{Group: "12036304"}, domain.Peer{LID: "111"}
	said := func(waid string, second int, sender domain.Peer, fromMe bool) domain.Inbound {
		in := text(waid, group, second, waid)
		in.Message.Sender, in.Message.FromMe = sender, fromMe
		return in
	}
	for _, d := range []domain.Device{a, b} {
		s.mustReceive(t, d.Ref, said("ana", 0, ana, false))
	}
	s.mustReceive(t, a.Ref, said("ours", 1, domain.Peer{Number: a.Account.Number}, true))
	s.mustReceive(t, b.Ref, said("ours", 1, domain.Peer{LID: a.Account.LID}, false))
	s.mustReceive(t, a.Ref, domain.Inbound{Name: &domain.InboundName{Peer: group, Name: "Family"}})

	all := s.mustConversations(t)
	require.Len(t, all, 1)
	require.Equal(t, "Family", all[0].Title)
	require.Equal(t, 1, all[0].Unread)
	thread := s.mustThread(t, all[0].Ref.Conversation)
	require.Equal(t, []string{"ana", "ours"}, waids(thread))
	require.Equal(t, []domain.Direction{domain.In, domain.Out}, []domain.Direction{thread[0].Direction, thread[1].Direction})

	marks, err := s.MarkRead(ctx, all[0].Ref.Conversation, thread[1].ID)
	require.NoError(t, err)
	require.Len(t, marks, 2, "each device tells it, or the other's phone would show it unread")
	require.Equal(t, group, marks[0].Chat)
	require.Equal(t, ana, marks[0].Sender)
}

package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// Two who were taken for one are two again: each has what was theirs, in groups too, and what came since by their identity. They stay apart,
// whatever WhatsApp says, until somebody joins them again, which loses nothing either.
func TestContactsThatWereTakenForOneArePartedAndJoinedAgain(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	byNumber, byLID, both := domain.Peer{Number: "34611111111"}, domain.Peer{LID: "111"}, domain.Peer{LID: "111", Number: "34611111111"}
	said := func(id string, peer domain.Peer, minute int) domain.Inbound {
		in := text(id, peer, minute, "a")
		in.Message.PushName = ""
		return in
	}
	for i, in := range []domain.Inbound{text("N1", byNumber, 0, "a"), text("L1", byLID, 1, "b"), text("N2", byNumber, 2, "c")} {
		in.Message.PushName = []string{"Norma", "Lidia", ""}[i]
		s.mustReceive(t, d.Ref, in)
	}
	inGroup := text("G1", domain.Peer{Group: "120363"}, 3, "in the group")
	inGroup.Message.Sender, inGroup.Message.PushName = byLID, "Lidia"
	s.mustReceive(t, d.Ref, inGroup)
	s.mustReceive(t, d.Ref, identity("111", "34611111111"))
	s.mustReceive(t, d.Ref, said("N3", byNumber, 4))
	s.mustReceive(t, d.Ref, said("L2", byLID, 5))
	s.mustReceive(t, d.Ref, said("B1", both, 6))
	one := s.mustConversations(t)[0]
	require.Equal(t, []string{"N1", "L1", "N2", "N3", "L2", "B1"}, waids(s.mustThread(t, one.Ref.Conversation)))
	contact, err := s.ContactOf(ctx, one.Ref.Conversation)
	require.NoError(t, err)
	require.Equal(t, []string{"34611111111"}, contact.Numbers)
	require.Len(t, contact.Merges, 1)
	require.Equal(t, "Lidia", contact.Merges[0].Name)
	require.Equal(t, 2, contact.Merges[0].Messages)

	parted, err := s.Part(ctx, contact.Merges[0].ID)
	require.NoError(t, err)
	require.Equal(t, one.Ref.Conversation, parted.Kept)
	require.Equal(t, []string{"N1", "N2", "N3"}, waids(s.mustThread(t, parted.Kept)))
	require.Equal(t, []string{"L1", "L2", "B1"}, waids(s.mustThread(t, parted.Apart)))
	kept, err := s.Conversation(ctx, parted.Kept)
	require.NoError(t, err)
	apart, err := s.Conversation(ctx, parted.Apart)
	require.NoError(t, err)
	require.Equal(t, domain.Peer{Number: "34611111111"}, kept.Peer)
	require.Equal(t, domain.Peer{LID: "111"}, apart.Peer)
	require.Equal(t, []string{"Norma", "Lidia"}, []string{kept.Title, apart.Title})
	require.Equal(t, []int{3, 3}, []int{kept.Unread, apart.Unread})
	group := s.mustConversations(t)
	for _, c := range group {
		if c.Peer.Group != "" {
			require.Equal(t, "Lidia", s.mustThread(t, c.Ref.Conversation)[0].Author.Name)
		}
	}
	_, err = s.Part(ctx, contact.Merges[0].ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err), "once is enough")

	s.mustReceive(t, d.Ref, identity("111", "34611111111"))
	s.mustReceive(t, d.Ref, said("B2", both, 7))
	s.mustReceive(t, d.Ref, said("N4", byNumber, 8))
	require.Equal(t, []string{"N1", "N2", "N3", "N4"}, waids(s.mustThread(t, parted.Kept)))
	require.Equal(t, []string{"L1", "L2", "B1", "B2"}, waids(s.mustThread(t, parted.Apart)))

	require.NoError(t, s.JoinAgain(ctx, parted))
	require.Equal(t, []string{"N1", "L1", "N2", "N3", "L2", "B1", "B2", "N4"}, waids(s.mustThread(t, parted.Kept)))
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(s.JoinAgain(ctx, parted)))
	unread, err := s.Unread(ctx)
	require.NoError(t, err)
	require.Equal(t, 9, unread[0].Messages)
}

// The one who is made anew may be the one that was known by number, and that has the older conversation.
func TestTheContactWithTheOlderConversationIsPartedToo(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	inGroup := text("G1", domain.Peer{Group: "120363"}, 0, "in the group")
	inGroup.Message.Sender = domain.Peer{LID: "111"}
	s.mustReceive(t, d.Ref, inGroup)
	s.mustReceive(t, d.Ref, text("N1", domain.Peer{Number: "34611111111"}, 1, "a"))
	s.mustReceive(t, d.Ref, text("L1", domain.Peer{LID: "111"}, 2, "b"))
	s.mustReceive(t, d.Ref, identity("111", "34611111111"))
	one := s.mustConversations(t)[0]
	contact, err := s.ContactOf(ctx, one.Ref.Conversation)
	require.NoError(t, err)
	parted, err := s.Part(ctx, contact.Merges[0].ID)
	require.NoError(t, err)
	require.Equal(t, []string{"L1"}, waids(s.mustThread(t, parted.Kept)))
	require.Equal(t, []string{"N1"}, waids(s.mustThread(t, parted.Apart)))
	require.NoError(t, s.JoinAgain(ctx, parted))
	require.Len(t, s.mustConversations(t), 2)
}

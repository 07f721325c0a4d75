package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// does is something that somebody does to a message of Ana's, so many seconds after the beginning.
func does(kind domain.ChangeKind, waid string, second int, with string) domain.Inbound {
	c := &domain.InboundChange{
		WAID: fmt.Sprintf("%s-%s-%d", kind, waid, second), Chat: ana, Sender: ana, At: day().Add(time.Duration(second) * time.Second),
		Target: domain.Target{WAID: waid, Sender: ana}, Kind: kind,
	}
	switch kind {
	case domain.ChangeReaction:
		c.Emoji = with
	case domain.ChangeEdit:
		c.Text = with
	case domain.ChangeVote:
		c.Options = []string{with}
	default:
	}
	return domain.Inbound{Change: c}
}

// by says who did it.
func by(in domain.Inbound, p domain.Peer) domain.Inbound {
	in.Change.Sender = p
	return in
}

func TestWhatBecomesOfAMessageIsToldWithIt(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	id := s.mustReceive(t, d.Ref, text("A1", ana, 0, "first")).Messages[0].ID

	m := s.mustReceive(t, d.Ref, does(domain.ChangeEdit, "A1", 2, "third")).Messages[0]
	require.Equal(t, "third", m.Text)
	require.Equal(t, day().Add(2*time.Second), m.Edited)
	late := s.mustReceive(t, d.Ref, does(domain.ChangeEdit, "A1", 1, "second")).Messages[0]
	require.Equal(t, "third", late.Text, "an edit that comes late is an earlier text")
	earlier, err := s.Versions(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []domain.Version{{Text: "first", At: day()}, {Text: "second", At: day().Add(time.Second)}}, earlier)

	reacted := s.mustReceive(t, d.Ref, does(domain.ChangeReaction, "A1", 3, "👍"))
	require.Equal(t, "👍", reacted.Messages[0].Reactions[0].Emoji)
	require.Equal(t, "👍", reacted.Conversations[0].LastMessage.Reactions[0].Emoji)
	named, _, err := s.Remarks(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "Ana", named[0].Name)
	require.Empty(t, s.mustReceive(t, d.Ref, does(domain.ChangeReaction, "A1", 4, "")).Messages[0].Reactions, "taken back")
	require.Len(t, s.mustReceive(t, d.Ref, does(domain.ChangeVote, "A1", 4, "aa")).Messages[0].Votes, 1)

	gone := s.mustReceive(t, d.Ref, does(domain.ChangeDelete, "A1", 5, "")).Messages[0]
	require.Equal(t, &domain.Deletion{At: day().Add(5 * time.Second), By: domain.DeletedBySender}, gone.Deleted)
	require.Equal(t, "third", gone.Text, "what it said is kept unless the subaccount says otherwise")
	require.Equal(t, 1, s.mustConversations(t)[0].Unread)
}

func TestWhatIsDeletedForGoodIsNowhere(t *testing.T) {
	for name, order := range map[string][]int{"in order": {0, 1, 2}, "deleted before it came": {2, 1, 0}, "edited after": {0, 2, 1}} {
		t.Run(name, func(t *testing.T) {
			s, ctx := fresh(t), context.Background()
			sub := s.mustSubaccount(t, "Acme")
			require.True(t, sub.KeepDeleted)
			sub, err := s.SetKeepDeleted(ctx, sub.ID, false)
			require.NoError(t, err)
			require.False(t, sub.KeepDeleted)
			d := s.mustDevice(t, sub.ID, "34600000001")
			in := []domain.Inbound{picture("A1", ana, 0), does(domain.ChangeEdit, "A1", 1, "secret"), does(domain.ChangeDelete, "A1", 2, "")}
			for _, i := range order {
				s.mustReceive(t, d.Ref, in[i])
			}
			s.mustReceive(t, d.Ref, in[0])
			m := s.mustConversations(t)[0].LastMessage
			require.Empty(t, m.Text)
			require.Nil(t, m.Content)
			require.NotNil(t, m.Deleted)
			for _, table := range []string{"message_versions", "message_content", "message_raw", "early_changes"} {
				var rows int
				require.NoError(t, s.read.QueryRow(ctx, "SELECT COUNT(*) FROM "+table).Scan(&rows))
				require.Zero(t, rows, table)
			}
		})
	}
	_, err := fresh(t).SetKeepDeleted(context.Background(), 99, true)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestNobodyChangesWhatAnotherWrote(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	group := domain.Peer{Group: "120363000000000001"}
	inGroup := func(in domain.Inbound) domain.Inbound {
		in.Change.Chat = group
		return in
	}
	g := text("A1", ana, 0, "mine")
	g.Message.Chat = group
	s.mustReceive(t, d.Ref, g)
	require.Empty(t, s.mustReceive(t, d.Ref, inGroup(by(does(domain.ChangeEdit, "A1", 1, "forged"), luis))).Messages)
	gone := s.mustReceive(t, d.Ref, inGroup(by(does(domain.ChangeDelete, "A1", 2, ""), luis))).Messages[0]
	require.Equal(t, "mine", gone.Text)
	require.Equal(t, domain.DeletedByAdmin, gone.Deleted.By)

	s.mustReceive(t, d.Ref, fromPhone("B1", ana, 3, "ours"))
	forged := does(domain.ChangeDelete, "B1", 4, "")
	forged.Change.Target = domain.Target{WAID: "B1", FromMe: true}
	require.Empty(t, s.mustReceive(t, d.Ref, forged).Messages)
	forged.Change.FromMe = true
	require.Equal(t, domain.DeletedByUs, s.mustReceive(t, d.Ref, forged).Messages[0].Deleted.By)
}

func TestTwoDevicesInAGroupKeepEachChangeOnce(t *testing.T) {
	s := fresh(t)
	sub := s.mustSubaccount(t, "Acme").ID
	first, second := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002")
	group := domain.Peer{Group: "120363000000000001"}
	g := text("A1", ana, 0, "hello")
	g.Message.Chat = group
	reaction := func(fromMe bool, who domain.Peer, emoji string) domain.Inbound {
		in := by(does(domain.ChangeReaction, "A1", 1, emoji), who)
		in.Change.Chat, in.Change.FromMe = group, fromMe
		return in
	}
	ours := domain.Peer{Number: "34600000001", LID: "934600000001"}
	for _, d := range []domain.Device{first, second} {
		s.mustReceive(t, d.Ref, g)
		s.mustReceive(t, d.Ref, reaction(false, luis, "❤️"))
		s.mustReceive(t, d.Ref, reaction(d.Ref == first.Ref, ours, "👍"))
	}
	m := s.mustConversations(t)[0].LastMessage
	require.Len(t, m.Reactions, 2)
	devices := []domain.DeviceID{m.Reactions[0].Device, m.Reactions[1].Device}
	require.ElementsMatch(t, []domain.DeviceID{0, first.Ref.Device}, devices)
}

func TestChangesOfTheHistoryAndBeforeIt(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, does(domain.ChangeReaction, "A1", 3, "❤️"))
	past := domain.Past{
		Messages: []domain.InboundMessage{*text("A1", ana, 0, "hello").Message},
		Changes:  []domain.InboundChange{*does(domain.ChangeReaction, "A1", 2, "👍").Change, *does(domain.ChangeVote, "A1", 2, "aa").Change},
	}
	for range 2 {
		require.NoError(t, s.KeepPast(ctx, d.Ref, past))
	}
	m := s.mustConversations(t)[0].LastMessage
	require.Len(t, m.Reactions, 1)
	require.Equal(t, "❤️", m.Reactions[0].Emoji, "the later one, though it came first")
	require.Len(t, m.Votes, 1)
}

func TestWhatIsSealedIsKeptAndShownNowhere(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", ana, 0, "a poll"))
	sealed := does(domain.ChangeSealed, "A1", 1, "")
	sealed.Change.Raw = []byte("raw")
	for range 2 {
		require.True(t, s.mustReceive(t, d.Ref, sealed).Empty())
	}
	kept, err := collect(reading{ctx, s.read}, scanEarlyChange, "SELECT id, subaccount_id, device_id, change FROM early_changes")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Equal(t, []byte("raw"), kept[0].change.Raw)
	require.Len(t, s.mustThread(t, s.mustConversations(t)[0].Ref.Conversation), 1)
}

func TestChangesThatWaitAreBoundedAndGoWithTheirDevice(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	require.NoError(t, s.do(ctx, "many", func(t *tx) error {
		for i := range mostEarly + 2*earlyStep {
			if err := keepEarlyChange(t, d.Ref, *does(domain.ChangeReaction, fmt.Sprint(i), 0, "👍").Change, 1); err != nil {
				return err
			}
		}
		return nil
	}))
	rows := func() (n int) {
		require.NoError(t, s.read.QueryRow(ctx, "SELECT COUNT(*) FROM early_changes").Scan(&n))
		return n
	}
	require.InDelta(t, mostEarly, rows(), earlyStep)
	_, err := s.RemoveDevice(ctx, d.Ref, true)
	require.NoError(t, err)
	require.Zero(t, rows())
}

package engine

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// lines are what stands in a conversation that nobody wrote, oldest first.
func (r *running) lines(id domain.ConversationID) []domain.LineKind {
	r.t.Helper()
	var out []domain.LineKind
	for _, m := range r.messages(id) {
		if m.Content != nil && m.Content.Notice != nil {
			out = append(out, m.Content.Notice.Kind)
		}
	}
	return out
}

// What happens in a group stands in its conversation, once, though two devices of the subaccount are in it, and though one of them also gets it
// with its phone's history.
func TestWhatHappensInAGroupIsALineOnce(t *testing.T) {
	w := newWorld(t)
	ours, second := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000014", "Miramar Events")
	ana, bo := w.phone("+34600000144", "Ana Beltrán"), w.phone("+34600000145", "Bo")
	carla := w.phone("+34600000146", "Carla")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	r.link(r.device(hotel, "Reception"), ours)

	group, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Wedding", Members: []string{ours.Number(), second.Number(), bo.Number()}})
	require.NoError(t, err)
	require.NoError(t, ana.SetSubject(group, "Wedding in June"))
	require.NoError(t, ana.SetDescription(group, "All about the day"))
	require.NoError(t, ana.SetGroupMode(group, wasim.ModeAnnouncement, true))
	require.NoError(t, ana.SetGroupMode(group, wasim.ModeLocked, true))
	require.NoError(t, ana.SetGroupMode(group, wasim.ModeAnnouncement, false))
	for _, step := range []struct {
		change wasim.MemberChange
		who    *wasim.Phone
	}{{wasim.MemberAdd, carla}, {wasim.MemberPromote, bo}, {wasim.MemberDemote, bo}, {wasim.MemberRemove, carla}} {
		_, err := ana.ChangeMembers(group, step.change, step.who.Number())
		require.NoError(t, err)
	}
	require.NoError(t, bo.LeaveGroup(group))
	want := []domain.LineKind{
		domain.LineCreated, domain.LineSubject, domain.LineDescription, domain.LineOnlyAdmins, domain.LineInfoAdmins, domain.LineEveryone,
		domain.LineAdded, domain.LinePromoted, domain.LineDemoted, domain.LineRemoved, domain.LineLeft,
	}
	chat := r.conversation(hotel)
	r.await(func() bool { return len(r.lines(chat.Ref.Conversation)) >= len(want) })
	require.ElementsMatch(t, want, r.lines(chat.Ref.Conversation))
	r.await(func() bool { chat = r.conversation(hotel); return chat.Title == "Wedding in June" })
	require.Zero(t, chat.Unread, "nobody wrote anything")

	_, err = ana.SendText(within(t), group, "Welcome!")
	require.NoError(t, err)
	r.link(r.device(hotel, "Events"), second)
	_, err = ana.SendText(within(t), group, "Welcome again!")
	require.NoError(t, err)
	r.await(func() bool {
		m := r.messages(chat.Ref.Conversation)
		carried, err := r.store.Message(within(t), m[len(m)-1].ID)
		require.NoError(t, err)
		jobs := 0
		devices, err := r.store.Devices(within(t))
		require.NoError(t, err)
		for _, d := range devices {
			waiting, err := r.store.HistoryJobs(within(t), d.Ref.Device)
			require.NoError(t, err)
			jobs += len(waiting)
		}
		return carried.Text == "Welcome again!" && jobs == 0
	})
	require.ElementsMatch(t, want, r.lines(chat.Ref.Conversation))

	messages := r.messages(chat.Ref.Conversation)
	byAna := messages[slices.IndexFunc(messages, func(m domain.Message) bool {
		return m.Content != nil && m.Content.Notice != nil && m.Content.Notice.Kind == domain.LineRemoved
	})]
	names := []string{}
	for _, p := range byAna.People {
		names = append(names, p.Name+p.Number)
	}
	require.Equal(t, []string{"Ana Beltrán34600000144", "34600000146"}, names, "who did it by the name they go by, the other by number")
}

// A call is missed if nobody took it: neither when the phone took it, nor when it was refused there.
func TestACallThatNobodyTookWasMissed(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana Beltrán")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	r.link(r.device(hotel, "Reception"), ours)
	for _, c := range []struct {
		video bool
		end   wasim.CallEnd
	}{{false, wasim.CallAnswered}, {false, wasim.CallDeclined}, {true, wasim.CallTimedOut}, {false, wasim.CallHungUp}} {
		id, err := ana.Call(ours.Number(), c.video)
		require.NoError(t, err)
		require.NoError(t, ana.EndCall(id, c.end))
	}
	_, err := ana.SendText(within(t), ours.Number(), "I tried to call")
	require.NoError(t, err)
	chat := r.conversation(hotel)
	r.await(func() bool { return slices.Contains(texts(r.messages(chat.Ref.Conversation)), "I tried to call") })
	var missed []domain.Call
	for _, m := range r.messages(chat.Ref.Conversation) {
		if m.Kind == domain.KindCall {
			missed = append(missed, *m.Content.Call)
		}
	}
	require.Equal(t, []domain.Call{{Video: true}, {}}, missed)
	require.Equal(t, 3, r.conversation(hotel).Unread)
}

// Who has another phone is told apart from who has another number: both are said where there is a conversation, and the thread goes on.
func TestANewPhoneAndANewNumberAreSaid(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana Beltrán")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	r.link(r.device(hotel, "Reception"), ours)
	_, err := ana.SendText(within(t), ours.Number(), "Hola")
	require.NoError(t, err)
	chat := r.conversation(hotel)

	require.NoError(t, ana.Reinstall())
	r.await(func() bool { return slices.Contains(r.lines(chat.Ref.Conversation), domain.LineSecurityCode) })
	require.NoError(t, ana.ChangeNumber("+34600000199", false))
	_, err = ana.SendText(within(t), ours.Number(), "My new number")
	require.NoError(t, err)
	r.await(func() bool { return slices.Contains(texts(r.messages(chat.Ref.Conversation)), "My new number") })

	require.Equal(t, []domain.LineKind{domain.LineSecurityCode, domain.LineNumber}, r.lines(chat.Ref.Conversation))
	require.Equal(t, "34600000199", r.conversation(hotel).Peer.Number)
}

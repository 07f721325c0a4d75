package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/inbox"
	"waflow/backend/routing"
	"waflow/backend/store"
)

// outbox keeps what it was given.
type outbox struct {
	queued             []domain.NewMessage
	retried, cancelled []domain.MessageID
}

func (o *outbox) Queue(_ context.Context, m domain.NewMessage) (domain.Message, error) {
	o.queued = append(o.queued, m)
	return domain.Message{ID: 77, Conversation: m.Conversation, Device: m.Device, WAID: m.WAID, Text: m.Text, State: domain.StateQueued}, nil
}

func (o *outbox) Retry(_ context.Context, id domain.MessageID) error {
	o.retried = append(o.retried, id)
	return nil
}

func (o *outbox) Cancel(_ context.Context, id domain.MessageID) (string, error) {
	o.cancelled = append(o.cancelled, id)
	return "", nil
}

func (o *outbox) SendNow(context.Context, domain.MessageID) error { return nil }

func (o *outbox) Reschedule(_ context.Context, id domain.MessageID, _ domain.Schedule) (domain.Message, error) {
	return domain.Message{ID: id}, nil
}

// MarkRead keeps read marks like the outbox does.
type receipts struct{ marks []domain.ReadMark }

func (r *receipts) MarkRead(_ context.Context, marks []domain.ReadMark) error {
	r.marks = append(r.marks, marks...)
	return nil
}

type composer struct{}

func (composer) Compose(text string) (string, []byte, error) {
	if strings.Contains(text, "no id") {
		return "", nil, errors.New("no randomness")
	}
	return "3EB0" + fmt.Sprint(len(text)), []byte("payload of " + text), nil
}

func (composer) ComposeFile(domain.Form, string) (domain.Composed, error) {
	return domain.Composed{}, errors.New("no files here")
}

type world struct {
	*inbox.Inbox
	store    *store.Store
	outbox   *outbox
	receipts *receipts
	feed     *events.Subscription
	sub      domain.SubaccountID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	bus := events.NewBus(events.Limits{Frame: time.Nanosecond})
	opened, err := store.Open(t.Context(), store.Options{
		Dir: t.TempDir(), Committed: func(c domain.Changed) { bus.Publish(events.Changed(c)...) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	sub, err := opened.CreateSubaccount(t.Context(), domain.Subaccount{Name: "Hotel Miramar", Initials: "HM", Colour: "teal"})
	require.NoError(t, err)
	w := &world{store: opened, outbox: &outbox{}, receipts: &receipts{}, feed: bus.Subscribe(t.Context()), sub: sub.ID}
	w.Inbox = inbox.New(opened, w.outbox, composer{}, w.receipts, nil, time.Now)
	return w
}

// device adds a device that is linked to a number and connected.
func (w *world) device(t *testing.T, number string) domain.Device {
	t.Helper()
	d, err := w.store.CreateDevice(t.Context(), domain.Device{
		Ref: domain.DeviceRef{Subaccount: w.sub}, Label: number, Purpose: domain.PurposeSales, Priority: domain.PriorityMedium,
	})
	require.NoError(t, err)
	link, err := w.store.OpenLink(t.Context(), d.Ref)
	require.NoError(t, err)
	account := domain.Account{Number: number, LID: "9" + number}
	require.NoError(t, w.store.ClaimNumber(t.Context(), link.ID, account))
	_, _, err = w.store.ConfirmLink(t.Context(), link.ID, account)
	require.NoError(t, err)
	return w.becomes(t, d.Ref, domain.CauseOnline)
}

func (w *world) becomes(t *testing.T, ref domain.DeviceRef, cause domain.Cause) domain.Device {
	t.Helper()
	require.NoError(t, w.store.RecordState(t.Context(), domain.StateChange{
		Ref: ref, At: time.Now(), To: domain.DeviceState{Status: cause.Status(), Cause: cause, Since: time.Now()},
	}))
	d, err := w.store.Device(t.Context(), ref.Device)
	require.NoError(t, err)
	return d
}

// receive has a device receive texts from a person, a second apart, and returns the conversation.
func (w *world) receive(t *testing.T, to domain.Device, from string, texts ...string) domain.Conversation {
	t.Helper()
	peer := domain.Peer{LID: "1" + from, Number: from}
	for i, text := range texts {
		require.NoError(t, w.store.Receive(t.Context(), to.Ref, domain.Inbound{Message: &domain.InboundMessage{
			WAID: fmt.Sprintf("%s-%d", from, i), Chat: peer, Sender: peer, PushName: "Ana", At: time.UnixMilli(1_900_000_000_000 + int64(i)*1000),
			Kind: domain.KindText, Text: text, Raw: []byte("raw"),
		}}))
	}
	told := w.published(t)
	return conversationIn(t, told[slices.IndexFunc(told, func(c events.Change) bool { return c.Topic == events.TopicConversation })])
}

func (w *world) published(t *testing.T) []events.Change {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	b, err := w.feed.Next(ctx)
	require.NoError(t, err)
	return b.Changes
}

func conversationIn(t *testing.T, c events.Change) domain.Conversation {
	t.Helper()
	conversation, ok := c.Value.(domain.Conversation)
	require.True(t, ok)
	return conversation
}

func TestAnswerGoesFromTheDeviceThatTheContactWroteTo(t *testing.T) {
	w := newWorld(t)
	_, second := w.device(t, "34600000011"), w.device(t, "34600000012")
	c := w.receive(t, second, "34600000144", "Hola")

	route, err := w.Route(t.Context(), c.Ref.Conversation)
	require.NoError(t, err)
	require.Equal(t, routing.Decision{Device: second.Ref.Device, Reason: routing.WroteFirst, Sends: true}, route)

	m, err := w.Send(t.Context(), c.Ref.Conversation, domain.FirstOperator, "Buenos días")
	require.NoError(t, err)
	require.Equal(t, domain.StateQueued, m.State)
	require.Equal(t, []domain.NewMessage{{
		Conversation: c.Ref, Device: second.Ref.Device, Operator: domain.FirstOperator, Text: "Buenos días", Undoable: true,
		WAID: "3EB012", Payload: []byte("payload of Buenos días"),
	}}, w.outbox.queued)
}

func TestAnswerWaitsForTheKnownDeviceWhileItIsOffline(t *testing.T) {
	w := newWorld(t)
	first, _ := w.device(t, "34600000011"), w.device(t, "34600000012")
	c := w.receive(t, first, "34600000144", "Hola")
	w.becomes(t, first.Ref, domain.CauseNetworkDown)

	route, err := w.Route(t.Context(), c.Ref.Conversation)
	require.NoError(t, err)
	require.False(t, route.Sends)
	_, err = w.Send(t.Context(), c.Ref.Conversation, domain.FirstOperator, "Buenos días")
	require.NoError(t, err)
	require.Equal(t, first.Ref.Device, w.outbox.queued[0].Device)
}

func TestTextsThatAreNotSent(t *testing.T) {
	w := newWorld(t)
	c := w.receive(t, w.device(t, "34600000011"), "34600000144", "Hola")
	tests := map[string]struct {
		text string
		want domain.Code
	}{
		"empty":                  {"", domain.CodeTextEmpty},
		"only spaces":            {" \n\u00a0\t", domain.CodeTextEmpty},
		"over 64 KB":             {strings.Repeat("x", domain.MaxTextBytes+1), domain.CodeTextTooLong},
		"over 64 KB in bytes":    {strings.Repeat("é", domain.MaxTextBytes/2+1), domain.CodeTextTooLong},
		"not UTF-8":              {"\xff", domain.CodeInvalid},
		"that can't be composed": {"no id", domain.CodeInternal},
	}
	for name, tt := range tests {
		_, err := w.Send(t.Context(), c.Ref.Conversation, domain.FirstOperator, tt.text)
		require.Equal(t, tt.want, domain.CodeOf(err), name)
	}
	require.Empty(t, w.outbox.queued)

	for _, text := range []string{strings.Repeat("x", domain.MaxTextBytes), "👨‍👩‍👧‍👦", "مرحبا", "\u200bzero\u200dwidth"} {
		_, err := w.Send(t.Context(), c.Ref.Conversation, domain.FirstOperator, text)
		require.NoError(t, err)
		require.Equal(t, text, w.outbox.queued[len(w.outbox.queued)-1].Text, "as it was typed")
	}
	_, err := w.Send(t.Context(), 999, domain.FirstOperator, "hi")
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestReadingEndsUnreadAndTellsTheContact(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "34600000011")
	c := w.receive(t, d, "34600000144", "one", "two", "three")
	other := w.receive(t, d, "34600000145", "hello")
	require.Equal(t, 3, c.Unread)
	thread, err := w.Thread(t.Context(), c.Ref.Conversation, "", 50)
	require.NoError(t, err)

	require.NoError(t, w.MarkRead(t.Context(), c.Ref.Conversation, thread.Messages[1].ID))
	told := w.published(t)
	require.Equal(t, 1, conversationIn(t, told[0]).Unread)
	require.Equal(t, domain.Unread{Subaccount: w.sub, Messages: 2, Conversations: 2}, told[1].Value)
	require.Len(t, w.receipts.marks, 1)
	require.Equal(t, []string{"34600000144-0", "34600000144-1"}, w.receipts.marks[0].WAIDs)
	require.Equal(t, d.Ref, w.receipts.marks[0].Ref)

	require.NoError(t, w.MarkRead(t.Context(), c.Ref.Conversation, thread.Messages[2].ID))
	require.NoError(t, w.MarkRead(t.Context(), other.Ref.Conversation, other.LastMessage.ID))
	told = w.published(t)
	require.Contains(t, told, events.Unread(domain.Unread{Subaccount: w.sub}), "nothing is left, and that is told")
	unread, err := w.Unread(t.Context())
	require.NoError(t, err)
	require.Empty(t, unread)
}

func TestContactsAreNotToldWhenTheSettingsSaySo(t *testing.T) {
	w := newWorld(t)
	settings := domain.DefaultSettings()
	settings.ReadReceipts = false
	require.NoError(t, w.store.SetSettings(t.Context(), settings))
	c := w.receive(t, w.device(t, "34600000011"), "34600000144", "one")
	require.NoError(t, w.MarkRead(t.Context(), c.Ref.Conversation, c.LastMessage.ID))
	require.Empty(t, w.receipts.marks)
	require.Equal(t, 0, conversationIn(t, w.published(t)[0]).Unread)
}

func TestMessageOfAnotherConversationMarksNothing(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "34600000011")
	first, second := w.receive(t, d, "34600000144", "one"), w.receive(t, d, "34600000145", "two")
	err := w.MarkRead(t.Context(), first.Ref.Conversation, second.LastMessage.ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	require.Empty(t, w.receipts.marks)
}

func TestDraftsAreKeptAndToldOnce(t *testing.T) {
	w := newWorld(t)
	c := w.receive(t, w.device(t, "34600000011"), "34600000144", "Hola")
	require.NoError(t, w.SetDraft(t.Context(), c.Ref.Conversation, domain.FirstOperator, "Buenos"))
	require.Equal(t, "Buenos", conversationIn(t, w.published(t)[0]).Draft)

	require.NoError(t, w.SetDraft(t.Context(), c.Ref.Conversation, domain.FirstOperator, "Buenos"))
	require.NoError(t, w.SetDraft(t.Context(), c.Ref.Conversation, domain.FirstOperator, ""))
	told := w.published(t)
	require.Len(t, told, 1, "the same draft again is no change")
	require.Empty(t, conversationIn(t, told[0]).Draft)

	err := w.SetDraft(t.Context(), c.Ref.Conversation, domain.FirstOperator, strings.Repeat("x", domain.MaxTextBytes+1))
	require.Equal(t, domain.CodeTextTooLong, domain.CodeOf(err))
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(w.SetDraft(t.Context(), 999, domain.FirstOperator, "x")))
}

func TestPagesAreBoundedAndComplete(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "34600000011")
	for i := range 7 {
		w.receive(t, d, fmt.Sprint(34600000200+i), "one", "two")
	}
	seen := map[domain.ConversationID]bool{}
	var cursor domain.Cursor
	for {
		page, err := w.Conversations(t.Context(), domain.ConversationQuery{Subaccount: w.sub, Before: cursor, Limit: 3})
		require.NoError(t, err)
		require.Equal(t, 7, page.Total)
		require.LessOrEqual(t, len(page.Conversations), 3)
		for _, c := range page.Conversations {
			require.False(t, seen[c.Ref.Conversation])
			seen[c.Ref.Conversation] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Len(t, seen, 7)

	page, err := w.Conversations(t.Context(), domain.ConversationQuery{Limit: -5})
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1, "at least one")
	_, err = w.Conversations(t.Context(), domain.ConversationQuery{Before: "'; --", Limit: 3})
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.Thread(t.Context(), 999, "", 10)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestRetryAndCancelGoToTheOutbox(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.Retry(t.Context(), 5))
	_, err := w.Cancel(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, []domain.MessageID{5}, w.outbox.retried)
	require.Equal(t, []domain.MessageID{6}, w.outbox.cancelled)
}

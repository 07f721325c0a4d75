package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Inbox answers what concerns conversations.
type Inbox struct{ gate *gate }

// Conversations returns a page of a subaccount's conversations (0: of all), newest first; cursor is "" or Next of the page before.
func (i *Inbox) Conversations(subaccount int64, cursor string, limit int) (ConversationPage, error) {
	return i.page("Inbox.Conversations", domain.ConversationQuery{
		Subaccount: domain.SubaccountID(subaccount), Before: domain.Cursor(cursor), Limit: limit,
	})
}

func (i *Inbox) page(name string, q domain.ConversationQuery) (ConversationPage, error) {
	return ask(i.gate, name, func(ctx context.Context, s Services) (ConversationPage, error) {
		seq := s.Bus.Seq()
		page, err := s.Inbox.Conversations(ctx, q)
		return ConversationPage{Seq: seq, Items: list(page.Conversations, conversationOf), Next: string(page.Next), Total: page.Total}, err
	})
}

// Thread returns the newest part of a conversation, oldest first, or what is older than the cursor. Errors: not_found.
func (i *Inbox) Thread(conversation int64, cursor string, limit int) (Thread, error) {
	return ask(i.gate, "Inbox.Thread", func(ctx context.Context, s Services) (Thread, error) {
		seq := s.Bus.Seq()
		thread, err := s.Inbox.Thread(ctx, domain.ConversationID(conversation), domain.Cursor(cursor), limit)
		return threadOf(seq, thread), err
	})
}

// FullText returns the whole text of a message that a thread shows cut. Errors: not_found.
func (i *Inbox) FullText(message int64) (string, error) {
	return ask(i.gate, "Inbox.FullText", func(ctx context.Context, s Services) (string, error) {
		m, err := s.Inbox.Message(ctx, domain.MessageID(message))
		return m.Text, err
	})
}

// Send queues a text and returns the message as it is shown at once. Errors: text_empty, text_too_long, not_found, no_device.
func (i *Inbox) Send(conversation int64, text string) (Message, error) {
	return ask(i.gate, "Inbox.Send", func(ctx context.Context, s Services) (Message, error) {
		m, err := s.Inbox.Send(ctx, domain.ConversationID(conversation), domain.FirstOperator, text)
		return messageOf(m), err
	})
}

// Retry sends a failed message again and returns it as it is then. Errors: not_found, conflict when it has not failed.
func (i *Inbox) Retry(message int64) (Message, error) {
	return ask(i.gate, "Inbox.Retry", func(ctx context.Context, s Services) (Message, error) {
		if err := s.Inbox.Retry(ctx, domain.MessageID(message)); err != nil {
			return Message{}, err
		}
		m, err := s.Inbox.Message(ctx, domain.MessageID(message))
		return messageOf(m), err
	})
}

// Cancel takes a message back that is scheduled, queued or has failed; its text returns to the draft. Errors: not_found, conflict when it is
// gone already.
func (i *Inbox) Cancel(message int64) (TakenBack, error) {
	return ask(i.gate, "Inbox.Cancel", func(ctx context.Context, s Services) (TakenBack, error) {
		m, err := s.Inbox.Message(ctx, domain.MessageID(message))
		if err != nil {
			return TakenBack{}, err
		}
		draft, err := s.Inbox.Cancel(ctx, m.ID)
		return TakenBack{Text: m.Written(), Draft: draft}, err
	})
}

// MarkRead marks a conversation as read up to a message, and tells the contact unless the settings say not to. Errors: not_found.
func (i *Inbox) MarkRead(conversation, upToMessage int64) error {
	return tell(i.gate, "Inbox.MarkRead", func(ctx context.Context, s Services) error {
		return s.Inbox.MarkRead(ctx, domain.ConversationID(conversation), domain.MessageID(upToMessage))
	})
}

// SetDraft keeps what was typed and not sent; "" removes it. Errors: not_found, text_too_long.
func (i *Inbox) SetDraft(conversation int64, text string) error {
	return tell(i.gate, "Inbox.SetDraft", func(ctx context.Context, s Services) error {
		return s.Inbox.SetDraft(ctx, domain.ConversationID(conversation), domain.FirstOperator, text)
	})
}

// Route says which device the next message goes from, and why. Errors: not_found.
func (i *Inbox) Route(conversation int64) (Route, error) {
	return ask(i.gate, "Inbox.Route", func(ctx context.Context, s Services) (Route, error) {
		decision, err := s.Inbox.Route(ctx, domain.ConversationID(conversation))
		return routeOf(decision), err
	})
}

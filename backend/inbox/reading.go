package inbox

import (
	"context"

	"waflow/backend/domain"
)

// maxPage bounds what one page may ask for.
const maxPage = 200

// Page is a part of the inbox, newest first.
type Page struct {
	Conversations []domain.Conversation
	Next          domain.Cursor // of the following page, "" at the end
	Total         int
}

// Thread is a part of a conversation, oldest first.
type Thread struct {
	Messages []domain.Message
	Before   domain.Cursor // of what is older, "" at the beginning
	Total    int
	After    domain.Cursor // of what is newer, "" at the end
	More     bool          // at the beginning: a phone may have older messages, see Past.Older
}

// Conversations returns a page of one subaccount's inbox, or of all (0). limit is 1–200. Errors: invalid for a cursor that is none.
func (i *Inbox) Conversations(ctx context.Context, q domain.ConversationQuery) (Page, error) {
	q.Limit = min(max(q.Limit, 1), maxPage)
	conversations, next, total, err := i.store.Conversations(ctx, q)
	if err != nil {
		return Page{}, err
	}
	return Page{Conversations: conversations, Next: next, Total: total}, nil
}

// Thread returns a page of a conversation: the newest, or what is older than the cursor. limit is 1–200. Errors: not_found, invalid.
func (i *Inbox) Thread(ctx context.Context, id domain.ConversationID, before domain.Cursor, limit int) (Thread, error) {
	if _, err := i.store.Conversation(ctx, id); err != nil {
		return Thread{}, err
	}
	messages, older, total, err := i.store.Messages(ctx, id, before, min(max(limit, 1), maxPage))
	if err != nil {
		return Thread{}, err
	}
	return i.begun(ctx, id, Thread{Messages: messages, Before: older, Total: total})
}

// begun adds to a part that reaches the beginning whether a phone may have older messages.
func (i *Inbox) begun(ctx context.Context, id domain.ConversationID, t Thread) (Thread, error) {
	if t.Before != "" || len(t.Messages) == 0 {
		return t, nil
	}
	phones, err := i.store.PhonesWithMore(ctx, id)
	t.More = len(phones) > 0
	return t, err
}

// Message returns one message with its whole text. Errors: not_found.
func (i *Inbox) Message(ctx context.Context, id domain.MessageID) (domain.Message, error) {
	return i.store.Message(ctx, id)
}

// Versions returns the texts that a message had before it was edited, oldest first.
func (i *Inbox) Versions(ctx context.Context, id domain.MessageID) ([]domain.Version, error) {
	return i.store.Versions(ctx, id)
}

// Remarks returns who reacted to a message and who voted in it, oldest first. Errors: not_found.
func (i *Inbox) Remarks(ctx context.Context, id domain.MessageID) ([]domain.Reaction, []domain.Vote, error) {
	return i.store.Remarks(ctx, id)
}

// Unread returns how much is unread, one entry for each subaccount that has any.
func (i *Inbox) Unread(ctx context.Context) ([]domain.Unread, error) { return i.store.Unread(ctx) }

// MarkRead marks a conversation as read up to a message, and tells the contact unless the settings say not to. Errors: not_found.
func (i *Inbox) MarkRead(ctx context.Context, id domain.ConversationID, upTo domain.MessageID) error {
	marks, err := i.store.MarkRead(ctx, id, upTo)
	if err != nil || len(marks) == 0 {
		return err
	}
	return i.receipts.MarkRead(ctx, marks)
}

// SetDraft keeps what an operator has typed in a conversation and not sent; "" removes it. Setting the same text twice does no harm.
// Errors: not_found, text_too_long.
func (i *Inbox) SetDraft(ctx context.Context, id domain.ConversationID, operator domain.OperatorID, text string) error {
	if len(text) > domain.MaxTextBytes {
		return tooLong()
	}
	before, err := i.store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	if before.Draft == text {
		return nil
	}
	return i.store.SetDraft(ctx, before.Ref, operator, text)
}

package bridge

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// Search finds messages and conversations.
type Search struct{ gate *gate }

// Messages finds messages by what they say, newest first. Whatever is typed is no error. Errors: invalid for a cursor that is none,
// not_found for a conversation that is not there.
func (f *Search) Messages(q SearchQuery) (SearchPage, error) {
	return ask(f.gate, "Search.Messages", func(ctx context.Context, s Services) (SearchPage, error) {
		page, err := s.Inbox.Search(ctx, searchQueryOf(q))
		return SearchPage{Hits: list(page.Hits, hitOf), Next: string(page.Next), Nothing: page.Nothing, Unread: page.Unread}, err
	})
}

// Names finds conversations of a subaccount (0: of all) by the name or a number of who they are with, newest first.
func (f *Search) Names(text string, subaccount int64, limit int) (NamePage, error) {
	return ask(f.gate, "Search.Names", func(ctx context.Context, s Services) (NamePage, error) {
		found, total, err := s.Inbox.SearchNames(ctx, domain.NameQuery{Text: text, Subaccount: domain.SubaccountID(subaccount), Limit: limit})
		return NamePage{Items: list(found, conversationOf), Total: total}, err
	})
}

// Around returns the part of a conversation in which a message stands. Errors: not_found.
func (f *Search) Around(conversation, message int64, limit int) (Thread, error) {
	return ask(f.gate, "Search.Around", func(ctx context.Context, s Services) (Thread, error) {
		seq := s.Bus.Seq()
		thread, err := s.Inbox.Around(ctx, domain.ConversationID(conversation), domain.MessageID(message), limit)
		return threadOf(seq, thread), err
	})
}

// After returns what follows a place in a conversation: After of a part of it. Errors: not_found, invalid.
func (f *Search) After(conversation int64, cursor string, limit int) (Thread, error) {
	return ask(f.gate, "Search.After", func(ctx context.Context, s Services) (Thread, error) {
		seq := s.Bus.Seq()
		thread, err := s.Inbox.After(ctx, domain.ConversationID(conversation), domain.Cursor(cursor), limit)
		return threadOf(seq, thread), err
	})
}

func searchQueryOf(q SearchQuery) domain.SearchQuery {
	out := domain.SearchQuery{
		Text: q.Text, Subaccount: domain.SubaccountID(q.Subaccount), Device: domain.DeviceID(q.Device),
		Conversation: domain.ConversationID(q.Conversation), Direction: domain.Direction(q.Direction), Sender: domain.ContactID(q.Contact),
		Before: domain.Cursor(q.Cursor), Limit: q.Limit,
	}
	for _, kind := range q.Kinds {
		out.Kinds = append(out.Kinds, domain.MessageKind(kind))
	}
	if q.From > 0 {
		out.From = time.UnixMilli(q.From).UTC()
	}
	if q.To > 0 {
		out.To = time.UnixMilli(q.To).UTC()
	}
	return out
}

// hitOf cuts the text at the places that were found: so nothing has to be counted on the other side, in units of its own.
func hitOf(h domain.Hit) Hit {
	out := Hit{Message: messageOf(h.Message), Conversation: conversationOf(h.Conversation), Parts: []TextPart{}}
	out.Message.Text, out.Message.Long = cut(h.Message.Text, previewLength)
	at := 0
	add := func(to int, found bool) {
		if to > at {
			out.Parts = append(out.Parts, TextPart{Text: h.Text[at:to], Found: found})
			at = to
		}
	}
	for _, r := range h.Ranges {
		add(r.From, false)
		add(r.To, true)
	}
	add(len(h.Text), false)
	return out
}

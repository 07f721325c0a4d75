package inbox

import (
	"context"
	"strings"
	"unicode/utf8"

	"waflow/backend/domain"
)

// Lengths of what a row of the results shows of a message, in bytes.
const (
	excerptBefore = 48 // before what was found first
	excerptLength = 320
)

// cutMark stands where an excerpt leaves something out.
const cutMark = "…"

// Search finds messages by what they say, newest first, and shows of each the part where it was found. Limit is 1–200.
// Errors: invalid for a cursor that is none; not_found for a conversation that is not there.
func (i *Inbox) Search(ctx context.Context, q domain.SearchQuery) (domain.SearchPage, error) {
	q.Limit = min(max(q.Limit, 1), maxPage)
	page, err := i.store.Search(ctx, q)
	for n, hit := range page.Hits {
		page.Hits[n].Text, page.Hits[n].Ranges = excerpt(hit.Text, hit.Ranges)
	}
	return page, err
}

// SearchNames finds conversations by the name or a number of who they are with, the newest first, and how many there are in all. Limit is
// 1–200.
func (i *Inbox) SearchNames(ctx context.Context, q domain.NameQuery) ([]domain.Conversation, int, error) {
	q.Limit = min(max(q.Limit, 1), maxPage)
	return i.store.SearchNames(ctx, q)
}

// Around returns the part of a conversation in which a message stands. Limit is 1–200. Errors: not_found.
func (i *Inbox) Around(ctx context.Context, id domain.ConversationID, message domain.MessageID, limit int) (Thread, error) {
	part, err := i.store.MessagesAround(ctx, id, message, min(max(limit, 1), maxPage))
	if err != nil {
		return Thread{}, err
	}
	return i.begun(ctx, id, threadOf(part))
}

// After returns what follows a place in a conversation; of what is older it tells nothing. Limit is 1–200. Errors: not_found, invalid for a
// cursor that is none.
func (i *Inbox) After(ctx context.Context, id domain.ConversationID, after domain.Cursor, limit int) (Thread, error) {
	part, err := i.store.MessagesAfter(ctx, id, after, min(max(limit, 1), maxPage))
	return threadOf(part), err
}

func threadOf(p domain.MessagePart) Thread {
	return Thread{Messages: p.Messages, Before: p.Before, After: p.After, Total: p.Total}
}

// excerpt is the part of a text in which the first of some places lies, with those of them that lie in it whole.
func excerpt(text string, ranges []domain.TextRange) (string, []domain.TextRange) {
	from, to := 0, len(text)
	if len(ranges) > 0 && ranges[0].From > excerptBefore {
		from = wordStart(text, ranges[0].From-excerptBefore, ranges[0].From)
	}
	if to-from > excerptLength {
		to = characterStart(text, from+excerptLength)
	}
	shown, shift := text[from:to], -from
	if from > 0 {
		shown, shift = cutMark+shown, shift+len(cutMark)
	}
	if to < len(text) {
		shown += cutMark
	}
	inside := []domain.TextRange{}
	for _, r := range ranges {
		if r.To <= to {
			inside = append(inside, domain.TextRange{From: r.From + shift, To: r.To + shift})
		}
	}
	return shown, inside
}

// wordStart is where a word begins at or after a place, before another; without one, where a character does.
func wordStart(text string, at, before int) int {
	at = characterStart(text, at)
	if space := strings.LastIndexAny(text[at:min(at+excerptBefore/2, before)], " \n"); space >= 0 {
		return at + space + 1
	}
	return at
}

// characterStart is the last place at or before one at which a character begins.
func characterStart(text string, at int) int {
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

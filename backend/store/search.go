package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
	"waflow/backend/words"
)

const (
	longestSearch = 200 // hits of one page
	// dueLookedAt is how many messages that the index lacks one search reads itself. More than that are left, and counted, only while an index
	// is being made.
	dueLookedAt = 1_000
	// readThrough is how long a conversation may be to be read through: that takes less than asking the index for a frequent word, most of whose
	// places are in other conversations.
	readThrough = 5_000
	// tryMore is how much is read of what a shorter beginning finds: it takes a few milliseconds.
	tryMore = 300
)

// Search finds messages by what they say, newest first. Whatever was typed is searched, or found to hold nothing to search for; it is never
// an error. Errors: invalid for a cursor that is none; not_found for a conversation that is not there.
func (s *Store) Search(ctx context.Context, q domain.SearchQuery) (domain.SearchPage, error) {
	page, err := search(reading{ctx, s.read}, q)
	return page, coded("search", err)
}

func search(r reading, q domain.SearchQuery) (domain.SearchPage, error) {
	w := &seeking{r: r, q: q, words: words.Parse(q.Text), limit: pageSize(min(q.Limit, longestSearch))}
	if err := w.bound(); err != nil {
		return domain.SearchPage{}, err
	}
	if w.words.Empty() {
		return domain.SearchPage{Nothing: true}, nil
	}
	if err := w.collect(); err != nil {
		return domain.SearchPage{}, err
	}
	page := domain.SearchPage{Unread: w.unread}
	if len(w.found) > w.limit {
		w.found = w.found[:w.limit]
		page.Next = placeCursor(w.found[w.limit-1].place)
	}
	hits, err := w.hits()
	page.Hits = hits
	return page, err
}

// seeking is a search on its way. Every message it meets is read and compared itself, so an index that is behind can't show what is not there.
type seeking struct {
	r         reading
	q         domain.SearchQuery
	words     words.Query
	low, high int64 // places: from low up to and without high
	limit     int
	found     []sighting // newest first; one more than the page has room for, if there is one
	unread    int
}

// sighting is a message that holds what was asked for.
type sighting struct {
	placed
	ranges []words.Range
}

func placeCursor(place int64) domain.Cursor { return domain.Cursor(strconv.FormatInt(place, 10)) }

// placeAt is the first place of a second.
func placeAt(t time.Time) int64 { return min(max(t.Unix(), 0), math.MaxUint32) << placeBits }

// bound reads which places are asked for.
func (w *seeking) bound() error {
	w.high = math.MaxInt64
	if !w.q.From.IsZero() {
		w.low = placeAt(w.q.From)
	}
	if !w.q.To.IsZero() {
		w.high = placeAt(w.q.To)
	}
	if w.q.Before == "" {
		return nil
	}
	place, err := strconv.ParseInt(string(w.q.Before), 10, 64)
	if err != nil || place < 0 || placeCursor(place) != w.q.Before {
		return notAPlace()
	}
	w.high = min(w.high, place)
	return nil
}

// collect finds a page and one more.
func (w *seeking) collect() error {
	if w.q.Conversation != 0 {
		short, err := w.isShort()
		if err != nil {
			return err
		}
		if short {
			return w.readConversation()
		}
	}
	// What is due is read first: a message that is indexed meanwhile is met twice, which shows, and not missed.
	if err := w.readDue(); err != nil {
		return err
	}
	if err := w.askIndex(); err != nil {
		return err
	}
	slices.SortFunc(w.found, func(a, b sighting) int { return cmp.Compare(b.place, a.place) })
	return nil
}

func (w *seeking) isShort() (bool, error) {
	var messages int
	err := w.r.row("SELECT messages FROM conversations WHERE id = $1", w.q.Conversation).Scan(&messages)
	return messages <= readThrough, orNotFound("conversation", err)
}

func (w *seeking) readConversation() error {
	where, args := w.filters([]any{w.q.Conversation, w.low, w.high})
	_, _, err := w.take("SELECT "+placeOfM+", "+placedColumns+" FROM messages m"+contentOfM+" WHERE m.conversation_id = $1 AND "+
		placeOfM+" >= $2 AND "+placeOfM+" < $3"+where+" ORDER BY 1 DESC", args, nil)
	return err
}

// readDue reads the newest of the messages that the index lacks, and counts the others.
func (w *seeking) readDue() error {
	places, err := collect(w.r, scanPlace, "SELECT place FROM index_due WHERE place >= $1 AND place < $2 ORDER BY place DESC LIMIT $3",
		w.low, w.high, dueLookedAt)
	if err != nil || len(places) == 0 {
		return err
	}
	oldest := places[len(places)-1]
	if len(places) == dueLookedAt {
		if err := w.r.row("SELECT COUNT(*) FROM index_due WHERE place < $1", oldest).Scan(&w.unread); err != nil {
			return err
		}
	}
	where, args := w.filters([]any{oldest, w.high})
	_, _, err = w.take("SELECT d.place, "+placedColumns+" FROM index_due d CROSS JOIN "+messageOfDue+contentOfM+
		" WHERE d.place >= $1 AND d.place < $2"+where+" ORDER BY d.place DESC", args, nil)
	return err
}

// askIndex asks the index until the page is full. Of a beginning that many words share the list would have to be made first; so a part is
// read of what a shorter one finds, which often holds enough, or all there is.
func (w *seeking) askIndex() error {
	if exact, more := w.words.Match(), w.words.MatchMore(); exact != more {
		full, err := w.ask(more, max(tryMore, w.limit+1), 1)
		if err != nil || full {
			return err
		}
		return w.askOn(exact)
	}
	return w.askOn(w.words.Match())
}

// askOn asks as often as it takes: more than is meant comes only where the index is behind, so that is seldom.
func (w *seeking) askOn(match string) error {
	_, err := w.ask(match, w.limit+1, math.MaxInt)
	return err
}

// ask reads what the index finds, so many at once and so often, below what was read before. It reports whether the page is full or nothing is
// left.
func (w *seeking) ask(match string, atOnce, times int) (bool, error) {
	if m := mark(w.q.Subaccount); w.q.Subaccount != 0 && m != "" {
		match = `"` + m + `" AND ` + match
	}
	known := map[int64]bool{}
	for _, f := range w.found {
		known[f.place] = true
	}
	for range times {
		where, args := w.filters([]any{match, w.low, w.high, atOnce})
		last, read, err := w.take("SELECT f.rowid, "+placedColumns+" FROM message_index f CROSS JOIN messages m ON m.id = f.rowid & 2147483647"+contentOfM+`
			WHERE f.message_index MATCH $1 AND f.rowid >= $2 AND f.rowid < $3`+where+" ORDER BY f.rowid DESC LIMIT $4", args, known)
		if err != nil || read < atOnce || len(w.found)-len(known) > w.limit {
			return true, err
		}
		w.high = last
	}
	return false, nil
}

// take reads messages, newest first, and keeps those that hold what was asked for and are not known yet, until there are enough. It returns the last place that it
// read, and how many.
func (w *seeking) take(query string, args []any, known map[int64]bool) (last int64, read int, err error) {
	rows, err := w.r.rows(query, args...)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	for kept := 0; kept <= w.limit && rows.Next(); read++ {
		p, err := scanPlaced(rows)
		if err != nil {
			return 0, 0, err
		}
		last = p.place
		ranges, holds := w.words.Find(p.text)
		if holds && !known[p.place] {
			w.found = append(w.found, sighting{placed: p, ranges: ranges})
			kept++
		}
	}
	return last, read, rows.Err()
}

// filters adds what else is asked of a message m. Its placeholders follow those of the arguments that are there.
func (w *seeking) filters(args []any) (string, []any) {
	var b strings.Builder
	add := func(condition string, arg any) {
		args = append(args, arg)
		fmt.Fprintf(&b, " AND "+condition, len(args))
	}
	if w.q.Subaccount != 0 {
		add("m.subaccount_id = $%d", w.q.Subaccount)
	}
	if w.q.Conversation != 0 {
		add("m.conversation_id = $%d", w.q.Conversation)
	}
	if w.q.Device != 0 {
		add("EXISTS (SELECT 1 FROM message_devices c WHERE c.message_id = m.id AND c.device_id = $%d)", w.q.Device)
	}
	if w.q.Direction != "" {
		add("m.direction = $%d", w.q.Direction)
	}
	if w.q.Sender != 0 {
		add("m.sender_id = $%d", w.q.Sender)
	}
	if len(w.q.Kinds) > 0 {
		list := make([]string, len(w.q.Kinds))
		for i, kind := range w.q.Kinds {
			args = append(args, kind)
			list[i] = fmt.Sprintf("$%d", len(args))
		}
		b.WriteString(" AND m.kind IN (" + strings.Join(list, ", ") + ")")
	}
	return b.String(), args
}

// hits adds to each message what else it holds, and the conversation that it stands in.
func (w *seeking) hits() ([]domain.Hit, error) {
	conversations := map[domain.ConversationRef]domain.Conversation{}
	out := make([]domain.Hit, 0, len(w.found))
	for _, f := range w.found {
		ref := f.message.Conversation
		c, known := conversations[ref]
		if !known {
			var err error
			if c, err = conversationIn(w.r, ref); err != nil {
				if domain.CodeOf(err) == domain.CodeNotFound {
					continue // it went while this was read
				}
				return nil, err
			}
			conversations[ref] = c
		}
		out = append(out, domain.Hit{Message: f.message, Conversation: c, Text: f.text, Ranges: textRanges(f.ranges)})
	}
	each := make([]*domain.Message, 0, 2*len(out))
	for i := range out {
		each = append(each, &out[i].Message, &out[i].Conversation.LastMessage)
	}
	return out, complete(w.r, each)
}

func textRanges(in []words.Range) []domain.TextRange {
	out := make([]domain.TextRange, len(in))
	for i, r := range in {
		out[i] = domain.TextRange(r)
	}
	return out
}

func scanPlace(row dbutil.Scannable) (int64, error) {
	var place int64
	err := row.Scan(&place)
	return place, err
}

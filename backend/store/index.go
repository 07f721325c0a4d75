package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
	"waflow/backend/panics"
	"waflow/backend/words"
)

// The index is brought up to date behind the messages, many at a time: one at a time it would take a commit of its own for each message, and
// parts of an index that are written one by one have to be joined many times. Until then a search reads what the index lacks itself.
const (
	indexBehind = 256 // messages that may wait for more
	indexAtOnce = 512 // in one write, which other writes wait for
)

// placeBits is how much of a place in the index is the message's id; the rest is its time, in seconds since 1970.
const placeBits = 31

// Parts of statements that read messages by their place in the index; the migration that makes the index says what a place is.
const (
	placeOfM      = "((MIN(MAX(m.at / 1000, 0), 4294967295) << 31) | m.id)"
	messageOfDue  = "messages m ON m.id = d.place & 2147483647 AND " + placeOfM + " = d.place"
	contentOfM    = " LEFT JOIN message_content x ON m.more AND x.message_id = m.id"
	placedColumns = "x.content, " + messageColumnsOfM
)

// mark is an entry of the index that no text can hold: the messages of one subaccount have it, so that a word which another one uses all the
// time costs nothing here. The few private characters are enough for more subaccounts than anybody has; beyond them there is none.
func mark(sub domain.SubaccountID) string {
	const first, last = 0xF0000, 0xFFFFD
	if sub > last-first {
		return ""
	}
	return string(rune(first + sub))
}

// indexer brings the index up to date whenever enough is due.
type indexer struct {
	s     *Store
	wake  chan struct{} // something was committed
	stop  context.CancelFunc
	ended chan struct{}
}

// newIndexer makes the indexer of a store. It does nothing before begin.
func newIndexer(s *Store) *indexer {
	return &indexer{s: s, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// begin has the indexer work until close.
func (i *indexer) begin() {
	ctx, stop := context.WithCancel(context.Background())
	i.stop = stop
	i.look()
	go i.serve(ctx)
}

// look has the indexer look at what is due. It does not wait.
func (i *indexer) look() {
	select {
	case i.wake <- struct{}{}:
	default: // it will look in any case
	}
}

func (i *indexer) close() {
	i.stop()
	<-i.ended
}

func (i *indexer) serve(ctx context.Context) {
	defer close(i.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-i.wake:
		}
		if err := i.s.indexed(ctx); err != nil && ctx.Err() == nil {
			i.s.log.Error().Err(err).Msg("the search index could not be brought up to date") // with the next commit it is tried again
		}
	}
}

func (s *Store) indexed(ctx context.Context) (err error) {
	defer panics.Into(&err, "the search index could not be read")
	return s.indexUpTo(ctx, indexBehind)
}

// indexUpTo works until at most so many places are due. Each step is a write of its own, kept whatever happens then.
func (s *Store) indexUpTo(ctx context.Context, most int) error {
	for {
		var due int
		if err := (reading{ctx, s.read}).row("SELECT COUNT(*) FROM (SELECT 1 FROM index_due LIMIT $1)", most+1).Scan(&due); err != nil {
			return err
		}
		if due <= most {
			return nil
		}
		if err := s.do(ctx, "bring the search index up to date", func(t *tx) error { return indexSome(t, indexAtOnce) }); err != nil {
			return err
		}
	}
}

// indexSome works through the newest of what is due, so many at most: what is older is seldom looked for.
func indexSome(t *tx, most int) error {
	var oldest int64
	if err := t.row("SELECT COALESCE(MIN(place), 0) FROM (SELECT place FROM index_due ORDER BY place DESC LIMIT $1)", most).Scan(&oldest); err != nil {
		return err
	}
	if err := t.run("DELETE FROM message_index WHERE rowid IN (SELECT place FROM index_due WHERE place >= $1)", oldest); err != nil {
		return err
	}
	found, err := collect(t, scanPlaced, "SELECT d.place, "+placedColumns+" FROM index_due d JOIN "+messageOfDue+contentOfM+" WHERE d.place >= $1", oldest)
	if err != nil {
		return err
	}
	for _, p := range found {
		entries := words.Index(p.text)
		if entries == "" {
			continue
		}
		entries += " " + mark(p.message.Conversation.Subaccount)
		if err := t.run("INSERT INTO message_index (rowid, words) VALUES ($1, $2)", p.place, entries); err != nil {
			return fmt.Errorf("index a message: %w", err)
		}
	}
	return t.run("DELETE FROM index_due WHERE place >= $1", oldest)
}

// placed is a message with its place in the index and what is searched of it.
type placed struct {
	place   int64
	message domain.Message // not complete
	text    string
}

func scanPlaced(row dbutil.Scannable) (placed, error) {
	var p placed
	var content sql.Null[[]byte]
	var n nullMessage
	if err := row.Scan(append([]any{&p.place, &content}, n.targets()...)...); err != nil {
		return p, err
	}
	p.message = n.message()
	whole := p.message
	if content.Valid {
		whole.Content = &domain.Content{}
		if err := json.Unmarshal(content.V, whole.Content); err != nil {
			return p, fmt.Errorf("decode the content of a message: %w", err)
		}
	}
	p.text = whole.SearchText()
	return p, nil
}

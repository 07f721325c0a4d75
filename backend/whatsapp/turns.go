package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// Changing a Signal session means to read it, to turn its ratchet, and to write it back. The client library changes sessions
// in three places, and only the store sees all of them:
//
//   - it decrypts, inside EventBuffer.DoDecryptionTxn;
//   - it encrypts a message for all devices of a chat: Sessions.GetManySessions … PutManySessions, with the keys of devices
//     without a session fetched from the server in between;
//   - it encrypts for one device, as the answer to a retry receipt or for our own phone: Sessions.GetSession … PutSession.
//
// So the store gives the turns. There is one turn per device, and who has it may change sessions:
//
//   - A decryption takes it before its database transaction begins. (Inside, it would wait for a turn while it holds the only
//     connection that the one with the turn needs: a deadlock.)
//   - An encryption has it from reading to writing, which is work on this machine only. It is given back before the message
//     goes out, so a lost ack keeps nobody from receiving.
//   - Where keys have to be fetched, the turn is given back before that. What was read is compared when it is written: if a
//     session has changed meanwhile the write fails, nothing has been sent, and Send starts again, this time keeping the turn
//     while the keys are fetched: else a contact who writes all the time could hold up the answer for ever.
//   - An error between reading and writing would keep the turn for ever. It ends by itself after turnLimit; a late writer is
//     refused, as one whose sessions changed.

// turnLimit is how long reading, encrypting and writing back may take.
const turnLimit = 2 * time.Second

// errSessionMoved means that a session was changed by somebody else between reading and writing it.
var errSessionMoved = errors.New("the Signal session was changed meanwhile")

// turns hands out the right to change one device's Signal sessions.
type turns struct{ free chan struct{} }

func newTurns() *turns {
	t := &turns{free: make(chan struct{}, 1)}
	t.free <- struct{}{}
	return t
}

// turn is held from take until give, or until its limit.
type turn struct {
	of *turns

	mu    sync.Mutex
	given bool
	limit *time.Timer
}

// take waits for the turn. A limit of 0 means none.
func (t *turns) take(ctx context.Context, limit time.Duration) (*turn, error) {
	select {
	case <-t.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h := &turn{of: t}
	h.mu.Lock()
	defer h.mu.Unlock()
	if limit > 0 {
		h.limit = time.AfterFunc(limit, h.give)
	}
	return h, nil
}

// give hands the turn back. Only the first call does anything; nil is allowed.
func (h *turn) give() {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.given {
		return
	}
	h.given = true
	if h.limit != nil {
		h.limit.Stop()
	}
	h.of.free <- struct{}{}
}

// keep ends the limit and tells whether the turn is still held.
func (h *turn) keep() bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.given || h.limit == nil {
		return !h.given
	}
	return h.limit.Stop()
}

type (
	insideKey  struct{} // the context of a decryption that has the turn; the value is a *decryption
	sendingKey struct{} // the context of one Send; the value is a *sending
)

// decryption is one message being decrypted.
type decryption struct {
	from string // the address whose session it turned
}

// sending is one message being encrypted.
type sending struct {
	insist bool // keep the turn while keys are fetched
	mu     sync.Mutex
	turn   *turn
	read   map[string][]byte
	// with is what is written together with the sessions: one commit instead of one each.
	with []func(context.Context) error
}

// together has something written in the commit that stores the sessions of a message, which is before the message goes out. It reports
// false when that is no message to one person: a message to a group may change no session.
func together(ctx context.Context, chat types.JID, write func(context.Context) error) bool {
	send := sendingOf(ctx)
	if send == nil || chat.Server != types.DefaultUserServer && chat.Server != types.HiddenUserServer {
		return false
	}
	send.mu.Lock()
	defer send.mu.Unlock()
	send.with = append(send.with, write)
	return true
}

// beginSending marks the context of one SendMessage. The second result ends it.
func beginSending(ctx context.Context, insist bool) (context.Context, func()) {
	s := &sending{insist: insist}
	return context.WithValue(ctx, sendingKey{}, s), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.turn.give()
	}
}

func sendingOf(ctx context.Context) *sending {
	s, _ := ctx.Value(sendingKey{}).(*sending)
	return s
}

func decryptionOf(ctx context.Context) *decryption {
	d, _ := ctx.Value(insideKey{}).(*decryption)
	return d
}

func isInside(ctx context.Context) bool { return decryptionOf(ctx) != nil }

// turnedSessions is a session store that gives turns.
type turnedSessions struct {
	store.SessionStore
	buffer store.EventBuffer // of the same file: it begins transactions
	turns  *turns

	mu  sync.Mutex
	one *turn // of the encryption for one device that is going on
}

func (s *turnedSessions) GetManySessions(ctx context.Context, addresses []string) (map[string][]byte, error) {
	send := sendingOf(ctx)
	if send == nil || isInside(ctx) {
		return s.SessionStore.GetManySessions(ctx, addresses)
	}
	held, err := s.turns.take(ctx, turnLimit)
	if err != nil {
		return nil, err
	}
	sessions, err := s.SessionStore.GetManySessions(ctx, addresses)
	if err != nil {
		held.give()
		return nil, err
	}
	for _, session := range sessions {
		if session == nil && !send.insist {
			held.give() // the library is going to ask the server for keys
			break
		}
	}
	send.mu.Lock()
	defer send.mu.Unlock()
	send.turn, send.read = held, sessions
	return sessions, nil
}

func (s *turnedSessions) PutManySessions(ctx context.Context, sessions map[string][]byte) error {
	send := sendingOf(ctx)
	if send == nil || isInside(ctx) {
		return s.SessionStore.PutManySessions(ctx, sessions)
	}
	send.mu.Lock()
	defer send.mu.Unlock()
	if send.turn.keep() {
		defer send.turn.give()
		return s.write(ctx, sessions, send.with)
	}
	held, err := s.turns.take(ctx, 0)
	if err != nil {
		return err
	}
	defer held.give()
	if err := s.unmoved(ctx, send.read, sessions); err != nil {
		return err
	}
	return s.write(ctx, sessions, send.with)
}

// write stores sessions and what goes with them in one transaction.
func (s *turnedSessions) write(ctx context.Context, sessions map[string][]byte, with []func(context.Context) error) error {
	return s.buffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
		for _, one := range with {
			if err := one(ctx); err != nil {
				return err
			}
		}
		return s.SessionStore.PutManySessions(ctx, sessions)
	})
}

// unmoved checks that the sessions that are about to be written are still the ones that were read.
func (s *turnedSessions) unmoved(ctx context.Context, read, written map[string][]byte) error {
	addresses := make([]string, 0, len(written))
	for address := range written {
		addresses = append(addresses, address)
	}
	present, err := s.SessionStore.GetManySessions(ctx, addresses)
	if err != nil {
		return err
	}
	for _, address := range addresses {
		if !bytes.Equal(present[address], read[address]) {
			return errSessionMoved
		}
	}
	return nil
}

func (s *turnedSessions) GetSession(ctx context.Context, address string) ([]byte, error) {
	if isInside(ctx) || sendingOf(ctx) != nil {
		return s.SessionStore.GetSession(ctx, address)
	}
	held, err := s.turns.take(ctx, turnLimit)
	if err != nil {
		return nil, err
	}
	session, err := s.SessionStore.GetSession(ctx, address)
	if err != nil {
		held.give()
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.one = held
	return session, nil
}

func (s *turnedSessions) PutSession(ctx context.Context, address string, session []byte) error {
	if d := decryptionOf(ctx); d != nil {
		d.from = address
	}
	if isInside(ctx) || sendingOf(ctx) != nil {
		return s.SessionStore.PutSession(ctx, address, session)
	}
	s.mu.Lock()
	held := s.one
	s.one = nil
	s.mu.Unlock()
	if !held.keep() {
		return errSessionMoved
	}
	defer held.give()
	return s.SessionStore.PutSession(ctx, address, session)
}

func (s *turnedSessions) DeleteSession(ctx context.Context, address string) error {
	return s.alone(ctx, func() error { return s.SessionStore.DeleteSession(ctx, address) })
}

func (s *turnedSessions) DeleteAllSessions(ctx context.Context, phone string) error {
	return s.alone(ctx, func() error { return s.SessionStore.DeleteAllSessions(ctx, phone) })
}

func (s *turnedSessions) MigratePNToLID(ctx context.Context, pn, lid types.JID) error {
	return s.alone(ctx, func() error { return s.SessionStore.MigratePNToLID(ctx, pn, lid) })
}

// alone does something to sessions in a turn of its own, unless this context has the turn.
func (s *turnedSessions) alone(ctx context.Context, change func() error) error {
	if send := sendingOf(ctx); send != nil {
		send.mu.Lock()
		defer send.mu.Unlock()
		if send.turn != nil {
			return change()
		}
	}
	if isInside(ctx) {
		return change()
	}
	held, err := s.turns.take(ctx, 0)
	if err != nil {
		return err
	}
	defer held.give()
	return change()
}

// turnedBuffer is an event buffer that decrypts in a turn.
type turnedBuffer struct {
	store.EventBuffer
	turns *turns
	// failed is told of a message that could not be decrypted, before the library hears of it; refused of one that could not be because the
	// disk refused.
	failed, refused func(error)
	// read takes what was decrypted and from whom, before anybody is told that it arrived. An error undoes the decryption.
	read func(from string, padded []byte, at time.Time) error
}

// notKept is a disk that refused while a message was decrypted. The library takes every other error for a message that can't be read: it asks the
// sender to encrypt it anew, five times at most, and acknowledges it each time, so that in the end it is lost. Of a context that has ended it takes
// notice: it leaves the message, which comes again with the next connection.
type notKept struct{ err error }

func (e notKept) Error() string { return "the disk did not take it: " + e.err.Error() }

func (e notKept) Unwrap() error { return e.err }

func (notKept) Is(target error) bool { return target == context.Canceled }

// diskRefused tells the database's errors from those of decrypting.
func diskRefused(err error) bool {
	var fault sqlite3.Error
	return errors.As(err, &fault)
}

// judge tells who has to know of an error, and returns what the library is to make of it.
func (b *turnedBuffer) judge(err error) error {
	var unkept notKept
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unkept):
		b.refused(unkept.err)
		return unkept
	case diskRefused(err):
		b.refused(err)
		return notKept{err}
	default:
		b.failed(err)
		return err
	}
}

func (b *turnedBuffer) GetBufferedEvent(ctx context.Context, ciphertext [32]byte) (*store.BufferedEvent, error) {
	event, err := b.EventBuffer.GetBufferedEvent(ctx, ciphertext)
	if err != nil && diskRefused(err) {
		err = b.judge(err)
	}
	return event, err
}

// PutBufferedEvent keeps what was decrypted. It is called inside DoDecryptionTxn.
func (b *turnedBuffer) PutBufferedEvent(ctx context.Context, ciphertext [32]byte, padded []byte, at time.Time) error {
	if d := decryptionOf(ctx); d != nil && b.read != nil {
		if err := b.read(d.from, padded, at); err != nil {
			return notKept{err}
		}
	}
	return b.EventBuffer.PutBufferedEvent(ctx, ciphertext, padded, at)
}

// AddOutgoingEvent keeps what is sent for those who can't read it and ask again.
func (b *turnedBuffer) AddOutgoingEvent(ctx context.Context, chat types.JID, id types.MessageID, format string, plaintext []byte) error {
	add := func(ctx context.Context) error {
		return b.EventBuffer.AddOutgoingEvent(ctx, chat, id, format, plaintext)
	}
	if together(ctx, chat, add) {
		return nil
	}
	return add(ctx)
}

func (b *turnedBuffer) DoDecryptionTxn(ctx context.Context, decrypt func(context.Context) error) error {
	held, err := b.turns.take(ctx, 0)
	if err != nil {
		return err
	}
	err = b.EventBuffer.DoDecryptionTxn(context.WithValue(ctx, insideKey{}, &decryption{}), decrypt)
	held.give()
	return b.judge(err)
}

// turnedSecrets stores the secret of a message that is sent together with its sessions.
type turnedSecrets struct{ store.MsgSecretStore }

func (s turnedSecrets) PutMessageSecret(ctx context.Context, chat, sender types.JID, id types.MessageID, secret []byte) error {
	put := func(ctx context.Context) error {
		return s.MsgSecretStore.PutMessageSecret(ctx, chat, sender, id, secret)
	}
	if together(ctx, chat, put) {
		return nil
	}
	return put(ctx)
}

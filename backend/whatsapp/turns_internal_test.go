package whatsapp

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/store"
)

// memory is a session store in memory, with as much of an event buffer as turns need.
type memory struct {
	store.SessionStore
	store.EventBuffer
	mu       sync.Mutex
	sessions map[string][]byte
}

func newMemory(sessions map[string][]byte) *memory { return &memory{sessions: sessions} }

func (m *memory) GetManySessions(_ context.Context, addresses []string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]byte)
	for _, a := range addresses {
		out[a] = m.sessions[a]
	}
	return out, nil
}

func (m *memory) PutManySessions(_ context.Context, sessions map[string][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.sessions, sessions)
	return nil
}

func (m *memory) GetSession(_ context.Context, address string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[address], nil
}

func (m *memory) PutSession(ctx context.Context, address string, session []byte) error {
	return m.PutManySessions(ctx, map[string][]byte{address: session})
}

func (m *memory) DoDecryptionTxn(ctx context.Context, f func(context.Context) error) error {
	return f(ctx)
}

// desk is a device's stores with turns.
type desk struct {
	memory   *memory
	sessions *turnedSessions
	buffer   *turnedBuffer
	failed   []error
}

func newDesk(sessions map[string][]byte) *desk {
	d := &desk{memory: newMemory(sessions)}
	turns := newTurns()
	d.sessions = &turnedSessions{SessionStore: d.memory, buffer: d.memory, turns: turns}
	d.buffer = &turnedBuffer{EventBuffer: d.memory, turns: turns, failed: func(err error) { d.failed = append(d.failed, err) }}
	return d
}

// decrypt turns the ratchet of a session as receiving does.
func (d *desk) decrypt(ctx context.Context, address, to string) error {
	return d.buffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
		if _, err := d.sessions.GetSession(ctx, address); err != nil {
			return err
		}
		return d.sessions.PutSession(ctx, address, []byte(to))
	})
}

func TestReceivingWaitsForAnEncryptionAndNotForItsAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(map[string][]byte{"ana": []byte("1")})
		ctx, end := beginSending(t.Context(), false)
		_, err := d.sessions.GetManySessions(ctx, []string{"ana"})
		require.NoError(t, err)
		received := make(chan error, 1)
		go func() { received <- d.decrypt(t.Context(), "ana", "3") }()
		synctest.Wait()
		require.Empty(t, received, "it is our turn")
		require.NoError(t, d.sessions.PutManySessions(ctx, map[string][]byte{"ana": []byte("2")}))
		require.NoError(t, <-received, "the send has not ended")
		end()
		require.Equal(t, "3", string(d.memory.sessions["ana"]))
	})
}

func TestReceivingDoesNotWaitForKeysOfNewContacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(map[string][]byte{"ana": []byte("1")})
		ctx, end := beginSending(t.Context(), false)
		defer end()
		_, err := d.sessions.GetManySessions(ctx, []string{"ana", "new"})
		require.NoError(t, err)
		require.NoError(t, d.decrypt(t.Context(), "other", "x"), "keys are being fetched")
		require.NoError(t, d.sessions.PutManySessions(ctx, map[string][]byte{"ana": []byte("2"), "new": []byte("1")}))

		// A session that changed meanwhile is not overwritten.
		again, end := beginSending(t.Context(), false)
		defer end()
		_, err = d.sessions.GetManySessions(again, []string{"ana", "newer"})
		require.NoError(t, err)
		require.NoError(t, d.decrypt(t.Context(), "ana", "3"))
		err = d.sessions.PutManySessions(again, map[string][]byte{"ana": []byte("bad"), "newer": []byte("1")})
		require.ErrorIs(t, err, errSessionMoved)
		require.Equal(t, "3", string(d.memory.sessions["ana"]))
		require.NotContains(t, d.memory.sessions, "newer")

		// The next try keeps what arrives waiting until the message is encrypted.
		insisting, end := beginSending(t.Context(), true)
		defer end()
		_, err = d.sessions.GetManySessions(insisting, []string{"ana", "newer"})
		require.NoError(t, err)
		received := make(chan error, 1)
		go func() { received <- d.decrypt(t.Context(), "ana", "5") }()
		synctest.Wait()
		require.Empty(t, received)
		require.NoError(t, d.sessions.PutManySessions(insisting, map[string][]byte{"ana": []byte("4"), "newer": []byte("1")}))
		require.NoError(t, <-received)
		require.Equal(t, "5", string(d.memory.sessions["ana"]))
	})
}

func TestATurnThatIsNotGivenBackEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(map[string][]byte{"ana": []byte("1")})
		_, err := d.sessions.GetSession(t.Context(), "ana") // an answer to a retry receipt that fails after this
		require.NoError(t, err)
		start := time.Now()
		require.NoError(t, d.decrypt(t.Context(), "ana", "2"))
		require.Equal(t, turnLimit, time.Since(start))
		require.ErrorIs(t, d.sessions.PutSession(t.Context(), "ana", []byte("bad")), errSessionMoved)
		require.Equal(t, "2", string(d.memory.sessions["ana"]))

		// The same of a message that could be encrypted for nobody: nothing is written.
		ctx, end := beginSending(t.Context(), false)
		_, err = d.sessions.GetManySessions(ctx, []string{"ana"})
		require.NoError(t, err)
		end()
		require.NoError(t, d.decrypt(t.Context(), "ana", "3"))
		require.Equal(t, turnLimit, time.Since(start), "nobody waited")
	})
}

func TestWaitingForATurnEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(map[string][]byte{})
		held, err := d.sessions.turns.take(t.Context(), 0)
		require.NoError(t, err)
		defer held.give()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, d.decrypt(ctx, "ana", "x"), context.DeadlineExceeded)
		_, err = d.sessions.GetSession(ctx, "ana")
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestFailedDecryptionIsTold(t *testing.T) {
	d := newDesk(map[string][]byte{})
	broken := errors.New("bad MAC")
	require.ErrorIs(t, d.buffer.DoDecryptionTxn(t.Context(), func(context.Context) error { return broken }), broken)
	require.Equal(t, []error{broken}, d.failed)
	require.NoError(t, d.decrypt(t.Context(), "ana", "1"), "the turn was given back")
}

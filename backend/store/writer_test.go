package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func put(key string) func(*tx) error {
	return func(t *tx) error { return t.run("INSERT INTO settings (key, value) VALUES ($1, '')", key) }
}

func (s *Store) keys(t *testing.T) []string {
	t.Helper()
	out, err := collect(reading{context.Background(), s.read}, scanText, "SELECT key FROM settings ORDER BY key")
	require.NoError(t, err)
	return out
}

// hold keeps the writer busy until the returned function is called, so that what is written meanwhile is queued.
func (s *Store) hold(t *testing.T) (letGo func()) {
	t.Helper()
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.w.do(context.Background(), func(*tx) error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	return func() {
		close(end)
		require.NoError(t, <-done)
	}
}

// queued starts writes one after the other and returns when all are in the queue.
func (s *Store) queued(t *testing.T, writes []func(*tx) error) []chan error {
	t.Helper()
	var out []chan error
	for i, fn := range writes {
		result := make(chan error, 1)
		out = append(out, result)
		go func() { result <- s.w.do(context.Background(), fn) }()
		require.Eventually(t, func() bool { return len(s.w.queue) == i+1 }, wait, tick)
	}
	return out
}

func TestWhatIsQueuedIsCommittedAsOneGroup(t *testing.T) {
	s := fresh(t)
	letGo := s.hold(t)
	var writes []func(*tx) error
	for i := range largestGroup + 10 {
		writes = append(writes, put(fmt.Sprint(i)))
	}
	results := s.queued(t, writes)
	before := s.w.groups.Load()
	letGo()
	for _, r := range results {
		require.NoError(t, <-r)
	}
	require.Len(t, s.keys(t), largestGroup+10)
	require.EqualValues(t, 3, s.w.groups.Load()-before, "the one that was held, a full group, and the rest")
}

func TestALoneWriteDoesNotWaitForOthers(t *testing.T) {
	s := fresh(t)
	before := s.w.groups.Load()
	require.NoError(t, s.w.do(context.Background(), put("one")))
	require.EqualValues(t, 1, s.w.groups.Load()-before)
}

func TestABadWriteDoesNotFailTheOthers(t *testing.T) {
	s := fresh(t)
	letGo := s.hold(t)
	broken := errors.New("broken")
	results := s.queued(t, []func(*tx) error{
		put("a"),
		func(t *tx) error { return errors.Join(put("half")(t), broken) },
		put("a"), // refused by the database
		func(*tx) error { panic("defect") },
		put("b"),
	})
	letGo()
	require.NoError(t, <-results[0])
	require.ErrorIs(t, <-results[1], broken)
	require.True(t, isUnique(<-results[2]))
	require.Equal(t, domain.CodeInternal, domain.CodeOf(<-results[3]))
	require.NoError(t, <-results[4])
	require.Equal(t, []string{"a", "b"}, s.keys(t))
}

func TestALoneBadWriteLeavesNothing(t *testing.T) {
	s := fresh(t)
	broken := errors.New("broken")
	require.ErrorIs(t, s.w.do(context.Background(), func(t *tx) error { return errors.Join(put("half")(t), broken) }), broken)
	require.NoError(t, s.w.do(context.Background(), put("whole")))
	require.Equal(t, []string{"whole"}, s.keys(t))
}

func TestAWriteWhoseContextEndsBeforeItBeginsNeverRuns(t *testing.T) {
	s := fresh(t)
	letGo := s.hold(t)
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan error, 1)
	go func() { left <- s.w.do(ctx, put("left")) }()
	require.Eventually(t, func() bool { return len(s.w.queue) == 1 }, wait, tick)
	cancel()
	require.ErrorIs(t, <-left, context.Canceled)
	letGo()
	require.NoError(t, s.w.do(context.Background(), put("next")))
	require.Equal(t, []string{"next"}, s.keys(t))
}

func TestAWriteThatHasBegunIsFinished(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(context.Background())
	require.NoError(t, s.w.do(ctx, func(t *tx) error {
		cancel()
		return put("kept")(t)
	}))
	require.Equal(t, []string{"kept"}, s.keys(t))
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir})
	require.NoError(t, err)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if err := s.w.do(context.Background(), put(fmt.Sprint(i))); err != nil {
				require.ErrorIs(t, err, errClosed)
			}
		})
	}
	require.NoError(t, s.Close())
	all.Wait()
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(s.SetSettings(context.Background(), domain.DefaultSettings())))
	require.NoFileExists(t, dir+"/"+runningFile)
}

// TestADeadTransactionFailsItsWholeGroup: when the database gives up a transaction, nothing of the group may look as if it were kept.
func TestADeadTransactionFailsItsWholeGroup(t *testing.T) {
	s := fresh(t)
	letGo := s.hold(t)
	results := s.queued(t, []func(*tx) error{
		put("before"),
		func(t *tx) error { return errors.Join(t.run("ROLLBACK"), errors.New("disk full")) },
		put("after"),
	})
	letGo()
	for _, r := range results {
		require.Error(t, <-r)
	}
	require.Empty(t, s.keys(t))
	require.NoError(t, s.w.do(context.Background(), put("later")))
	require.Equal(t, []string{"later"}, s.keys(t))
}

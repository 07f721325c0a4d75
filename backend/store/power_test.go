//go:build linux

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/store/faulty"
)

// times is how often a fault is tried: few in `make test`, all in `make test-crash`.
func times(few, all int) int {
	if os.Getenv("WAFLOW_CRASH") != "" {
		return all
	}
	return few
}

// onDisk is a workspace on a disk that can get into trouble.
type onDisk struct {
	*Store
	disk   *faulty.Disk
	dir    string
	device domain.DeviceRef
}

func openOnDisk(t *testing.T) *onDisk {
	t.Helper()
	dir := t.TempDir()
	disk, err := faulty.Watch(dir)
	require.NoError(t, err)
	s, err := Open(context.Background(), Options{Dir: dir, Logger: zerolog.Nop()})
	require.NoError(t, err)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	return &onDisk{Store: s, disk: disk, dir: dir, device: d.Ref}
}

// receiveUntil has several callers receive messages until one is refused, and returns what was acknowledged.
func (s *onDisk) receiveUntil(trouble func(acknowledged int)) map[string]bool {
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var all sync.WaitGroup
	for caller := range 4 {
		all.Go(func() {
			ana := domain.Peer{LID: strconv.Itoa(100 + caller)}
			for n := range 10_000 {
				waid := fmt.Sprintf("%d-%d", caller, n)
				if s.Receive(context.Background(), s.device, text(waid, ana, n, waid)) != nil {
					return
				}
				mu.Lock()
				acknowledged[waid] = true
				trouble(len(acknowledged))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return acknowledged
}

// received returns how often each message is there.
func received(t *testing.T, s *Store) map[string]int {
	t.Helper()
	waids, err := collect(reading{context.Background(), s.read}, scanText, "SELECT waid FROM messages")
	require.NoError(t, err)
	out := map[string]int{}
	for _, waid := range waids {
		out[waid]++
	}
	return out
}

// The power goes at some moment while messages arrive. Whatever the disk had in its cache is lost, all of it or any part; what WhatsApp was told
// that we have is there, once, and the database is whole.
func TestNothingAcknowledgedIsLostWithThePower(t *testing.T) {
	for seed := range uint32(times(40, 500)) {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		s := openOnDisk(t)
		last, kept := 1+r.IntN(120), r.IntN(2)*r.IntN(100)
		acknowledged := s.receiveUntil(func(n int) {
			if n == last {
				require.NoError(t, s.disk.Cut(kept, seed))
			}
		})
		require.GreaterOrEqual(t, len(acknowledged), last)
		_ = s.Close() // it can't write any more
		s.disk.Forget()

		again, err := Open(context.Background(), Options{Dir: s.dir, Logger: zerolog.Nop()})
		require.NoError(t, err, "seed %d", seed)
		there := received(t, again)
		for waid := range acknowledged {
			require.Equal(t, 1, there[waid], "seed %d: %s of %d", seed, waid, len(acknowledged))
		}
		require.NoError(t, quickCheck(reading{context.Background(), again.write}))
		require.NoError(t, again.Close())
	}
}

// A disk that is full or broken takes nothing, and nothing is acknowledged; when it is well again everything goes on, without a restart.
func TestADiskThatRefusesIsSaidAndComesBack(t *testing.T) {
	for name, trouble := range map[string]faulty.Trouble{"full": faulty.Full, "io": faulty.Broken} {
		t.Run(name, func(t *testing.T) {
			s := openOnDisk(t)
			acknowledged := map[string]bool{}
			for seed := range times(25, 100) {
				s.disk.Refuse(trouble, seed%20)
				var refused error
				for n := 0; refused == nil; n++ {
					waid := fmt.Sprintf("%d-%d", seed, n)
					if refused = s.Receive(context.Background(), s.device, text(waid, domain.Peer{LID: "100"}, n, waid)); refused == nil {
						acknowledged[waid] = true
					}
					require.Less(t, n, 100, "a disk that takes nothing acknowledges nothing")
				}
				require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(refused))
				var coded *domain.Error
				require.ErrorAs(t, refused, &coded)
				require.Equal(t, name, coded.Detail["reason"])

				s.disk.Refuse(faulty.None, 0)
				waid := fmt.Sprintf("%d-after", seed)
				require.NoError(t, s.Receive(context.Background(), s.device, text(waid, domain.Peer{LID: "100"}, 200, waid)), "seed %d", seed)
				acknowledged[waid] = true
			}
			there := received(t, s.Store)
			for waid := range acknowledged {
				require.Equal(t, 1, there[waid], waid)
			}
			require.NoError(t, quickCheck(reading{context.Background(), s.write}))
			require.NoError(t, s.Close())
			s.disk.Forget()
		})
	}
}

// Bits flip, pages are overwritten, the file is cut short or its log is lost: a damaged database is never emptied, and what is not whole is not
// opened after an exit that was not clean.
func TestADamagedDatabaseIsLeftAsItIs(t *testing.T) {
	whole := damagedFrom(t)
	var found int
	for seed := range times(40, 300) {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		dir := t.TempDir()
		broken := damage(r, whole)
		path := DatabasePath(dir)
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		require.NoError(t, os.WriteFile(path+"-wal", nil, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, runningFile), nil, 0o600)) // the exit was not clean
		s, err := Open(context.Background(), Options{Dir: dir, Now: func() time.Time { return day() }, Logger: zerolog.Nop()})
		if err == nil {
			// What flipped was nothing that SQLite keeps in order, such as a letter of a text: every row is there.
			require.Len(t, received(t, s), 300, "seed %d", seed)
			require.NoError(t, s.Close())
			continue
		}
		found++
		require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(err), "seed %d: %v", seed, err)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, broken, left, "seed %d", seed)
	}
	require.Greater(t, found, times(40, 300)/2)
}

// damagedFrom is the file of a workspace with three hundred messages.
func damagedFrom(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Logger: zerolog.Nop()})
	require.NoError(t, err)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	for n := range 300 {
		s.mustReceive(t, d.Ref, text(strconv.Itoa(n), domain.Peer{LID: strconv.Itoa(100 + n%7)}, n, "What does it cost?"))
	}
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(DatabasePath(dir))
	require.NoError(t, err)
	return whole
}

// damage is a file with something wrong in it.
func damage(r *rand.Rand, whole []byte) []byte {
	const page = 4096
	broken := append([]byte(nil), whole...)
	switch r.IntN(3) {
	case 0: // bits, many of them
		for range 200 {
			broken[r.IntN(len(broken))] ^= 1 << r.IntN(8)
		}
	case 1: // a page of something else
		at := (1 + r.IntN(len(broken)/page-1)) * page
		for i := range page {
			broken[at+i] = byte(r.Uint32())
		}
	case 2: // cut short
		broken = broken[:page+r.IntN(len(broken)-page)]
	}
	return broken
}

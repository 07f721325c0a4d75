package wasim

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
)

// randomSource is a seeded source that several goroutines may use. Whoever draws in the order of a story has a source of
// its own, so that what other goroutines draw meanwhile changes nothing for it: the same seed and the same story give the
// same names and ids. Keys are not drawn from it: the Signal library makes its own from the system's random numbers.
type randomSource struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// newRandomSource makes the source of one purpose.
func newRandomSource(seed int64, purpose string) *randomSource {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return &randomSource{rng: rand.New(rand.NewPCG(uint64(seed), h.Sum64()))}
}

func (r *randomSource) bytes(n int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.rng.Uint32())
	}
	return out
}

func (r *randomSource) intN(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.IntN(n)
}

func (r *randomSource) digits(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]byte, n)
	for i := range out {
		out[i] = byte('0' + r.rng.IntN(10))
	}
	return string(out)
}

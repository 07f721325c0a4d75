package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// A part that panics is begun again; the others do not notice.
func TestAPartThatPanicsIsBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begun := map[string]*atomic.Int32{"sound": {}, "broken": {}}
		wait := func(name string, panics int32) part {
			return part{name, func(ctx context.Context) error {
				if begun[name].Add(1) <= panics {
					panic(name)
				}
				<-ctx.Done()
				return nil
			}}
		}
		ended := make(chan error, 1)
		go func() { ended <- runInOrder(ctx, zerolog.Nop(), []part{wait("sound", 0), wait("broken", 2)}) }()
		time.Sleep(time.Minute)
		require.EqualValues(t, 1, begun["sound"].Load())
		require.EqualValues(t, 3, begun["broken"].Load())
		cancel()
		require.NoError(t, <-ended)
	})
}

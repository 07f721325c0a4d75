package host

import (
	"context"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

func address(s string) netip.Addr {
	if s == "" {
		return netip.Addr{}
	}
	return netip.MustParseAddr(s)
}

func TestOnlyANewWayOutIsNews(t *testing.T) {
	type way struct{ v4, v6 string }
	home := way{"192.168.1.23", "2a02:9130:84::17"}
	for name, tc := range map[string]struct {
		before, after way
		news          bool
	}{
		"a renewed lease, a container's interface":    {home, home, false},
		"no network at all, still":                    {way{}, way{}, false},
		"the network has come":                        {way{}, home, true},
		"the network has gone":                        {home, way{}, false},
		"another network":                             {home, way{"10.0.7.4", ""}, true},
		"a tunnel that takes everything":              {home, way{"10.8.0.2", "2a02:9130:84::17"}, true},
		"IPv6 has come too":                           {way{"192.168.1.23", ""}, home, true},
		"IPv6 has gone":                               {home, way{"192.168.1.23", ""}, false},
		"another private address in the same network": {home, way{"192.168.1.23", "2a02:9130:84:0:5c1:22ff:fe00:9"}, false},
		"another IPv6 network":                        {home, way{"192.168.1.23", "2a02:9130:85::17"}, true},
		"another address of the same router":          {home, way{"192.168.1.24", "2a02:9130:84::17"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := ways{address(tc.before.v4), address(tc.before.v6)}
			after := ways{address(tc.after.v4), address(tc.after.v6)}
			require.Equal(t, tc.news, better(before, after))
		})
	}
}

func TestAFloodOfNewsIsOneLookAndSaysNothingWithoutANewWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var present atomic.Pointer[ways]
		present.Store(&ways{v4: address("192.168.1.23")})
		var looks, told atomic.Int64
		news := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			look := func(context.Context) ways { looks.Add(1); return *present.Load() }
			follow(ctx, news, look, func() { told.Add(1) })
		}()
		synctest.Wait()
		flood := func() {
			for range 1000 {
				news <- struct{}{}
			}
			time.Sleep(2 * settleFor)
		}
		before := looks.Load()
		flood()
		require.Equal(t, int64(1), looks.Load()-before)
		require.Zero(t, told.Load())

		present.Store(&ways{})
		flood()
		require.Zero(t, told.Load(), "there is nothing to dial over")
		present.Store(&ways{v4: address("192.168.1.23")})
		flood()
		require.Equal(t, int64(1), told.Load(), "the same network is back")

		present.Store(&ways{v4: address("10.0.7.4")})
		time.Sleep(lookEvery)
		synctest.Wait()
		require.Equal(t, int64(2), told.Load(), "without any news it is looked at too")
		cancel()
		<-ended
	})
}

// The system's own socket opens, and watching ends when it is told to.
func TestWatchingEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- System{}.Watch(ctx, Events{Woke: func(time.Duration) {}, NetworkChanged: func() {}}, zerolog.Nop())
	}()
	cancel()
	require.NoError(t, <-ended)
}

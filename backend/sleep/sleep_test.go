package sleep_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/sleep"
	"waflow/backend/store"
)

// computer is one that a test plugs in and out.
type computer struct {
	mu      sync.Mutex
	battery bool
	refuse  error
	holds   int // how often it is held awake right now
	taken   int // how often it was
}

func (c *computer) OnMains() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.battery, nil
}

func (c *computer) StayAwake() (func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return nil, c.refuse
	}
	c.holds++
	c.taken++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.holds--
	}, nil
}

func (c *computer) set(battery bool, refuse error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.battery, c.refuse = battery, refuse
}

func (c *computer) held() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.holds
}

func TestDecide(t *testing.T) {
	for name, tc := range map[string]struct {
		wanted, plugged bool
		err             error
		state           domain.AwakeState
	}{
		"not wanted":                  {false, true, nil, domain.AwakeOff},
		"not wanted, nobody to ask":   {false, false, errors.New("nobody"), domain.AwakeOff},
		"plugged in":                  {true, true, nil, domain.AwakeHeld},
		"on battery":                  {true, false, nil, domain.AwakeBattery},
		"nobody knows the supply":     {true, true, errors.New("nobody"), domain.AwakeRefused},
		"nobody knows it, on battery": {true, false, errors.New("nobody"), domain.AwakeRefused},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.state, sleep.Decide(tc.wanted, tc.plugged, tc.err))
		})
	}
}

func TestTheComputerIsKeptAwakeWhileItIsWishedAndPluggedIn(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		opened, err := store.Open(t.Context(), store.Options{Dir: dir})
		require.NoError(t, err)
		c := &computer{}
		s := sleep.New(sleep.Config{Store: opened, Computer: c, Bus: events.NewBus(events.Limits{}), Logger: zerolog.Nop()})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		become := func(state domain.AwakeState, holds int) {
			t.Helper()
			time.Sleep(time.Minute)
			rest, err := s.Rest(t.Context())
			require.NoError(t, err)
			require.Equal(t, state, rest.Awake)
			require.Equal(t, holds, c.held())
		}
		become(domain.AwakeOff, 0)
		s.Configure(domain.Settings{KeepAwake: true})
		become(domain.AwakeHeld, 1)
		c.set(true, nil)
		become(domain.AwakeBattery, 0)
		c.set(false, errors.New("no logind"))
		become(domain.AwakeRefused, 0)
		c.set(false, nil)
		become(domain.AwakeHeld, 1)
		s.Configure(domain.Settings{})
		become(domain.AwakeOff, 0)
		s.Configure(domain.Settings{KeepAwake: true})
		become(domain.AwakeHeld, 1)
		cancel()
		require.NoError(t, <-ended)
		require.Zero(t, c.held(), "whoever quits lets it sleep")
		require.Equal(t, 3, c.taken)
		require.NoError(t, opened.Close())
	})
}

package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/device"
	"waflow/backend/domain"
)

func TestLinkedDeviceIsConnectedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		require.Equal(t, []domain.Cause{domain.CauseAppStarting, domain.CauseOnline}, w.causes(1))
		require.True(t, p.Ready(1))
		require.Equal(t, []domain.DeviceID{1}, w.woken)
		_, err := p.Send(context.Background(), 1, domain.Outgoing{})
		require.NoError(t, err)
	})
}

// Who opens the application may ask for something before the devices run: the window is there before them.
func TestARequestMayComeBeforeTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		w.active[1] = "1-1.db"
		p.Add(deviceOf(1, domain.CausePaused), w.active[1])
		asked := make(chan error, 1)
		go func() { asked <- p.Resume(1) }()
		synctest.Wait()
		require.Empty(t, asked)
		w.run(p)
		require.NoError(t, <-asked)
		synctest.Wait()
		require.Equal(t, domain.CauseOnline, w.cause(1))
	})
}

func TestAPoolThatNeverRunsSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWorld(t).pool()
		p.Add(deviceOf(1, domain.CausePaused), "1-1.db")
		require.Equal(t, domain.CodeNotConnected, domain.CodeOf(p.Resume(1)))
	})
}

func TestGateBoundsTheDialsOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error {
			time.Sleep(3 * time.Second)
			c.tell(domain.SessionEvent{Kind: domain.SessionConnected})
			return nil
		}
		var devices []domain.Device
		for id := range domain.DeviceID(20) {
			devices = append(devices, deviceOf(id+1, domain.CauseOnline))
		}
		w.started(devices...)
		after(time.Minute)
		require.Equal(t, 4, w.most)
		require.Len(t, w.dials, 20)
		requireSpread(t, w.dials, 5)
		for id := range domain.DeviceID(20) {
			require.Equal(t, domain.CauseOnline, w.cause(id+1))
		}
	})
}

func TestDevicesUsedLastDialFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error {
			time.Sleep(time.Second)
			c.tell(domain.SessionEvent{Kind: domain.SessionConnected})
			return nil
		}
		var devices []domain.Device
		for id := range domain.DeviceID(10) {
			d := deviceOf(id+1, domain.CauseOnline)
			d.LastIn = time.Now().Add(time.Duration(id*7%10) * time.Minute)
			devices = append(devices, d)
		}
		w.started(devices...)
		after(10 * time.Second)
		all := []string{"8-1.db", "5-1.db", "2-1.db", "9-1.db", "6-1.db", "3-1.db", "10-1.db", "7-1.db", "4-1.db", "1-1.db"}
		require.Equal(t, all, w.dialedFiles)
	})
}

// requireSpread fails when more than n of the moments lie within one second.
func requireSpread(t *testing.T, at []time.Time, n int) {
	t.Helper()
	for i := n; i < len(at); i++ {
		require.GreaterOrEqual(t, at[i].Sub(at[i-n]), time.Second)
	}
}

func TestFiftyDevicesAreBackWithinTwentySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		var devices []domain.Device
		for id := range domain.DeviceID(50) {
			devices = append(devices, deviceOf(id+1, domain.CauseOnline))
		}
		w.started(devices...)
		after(2 * time.Hour)
		require.Equal(t, domain.CauseServerUnreachable, w.cause(50))
		require.Len(t, w.history, 100, "one row per cause, not per try")
		w.set(func() { w.connect = nil; w.dials = nil })
		after(20 * time.Second)
		for id := range domain.DeviceID(50) {
			require.Equal(t, domain.CauseOnline, w.cause(id+1), "device %d", id+1)
		}
		requireSpread(t, w.dials, 5)
	})
}

func TestWaitsGrowAndStayInTheirBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		w.started(deviceOf(1, domain.CauseOnline))
		after(time.Hour)
		ceiling := 2 * time.Second
		for i := 1; i < len(w.dials); i++ {
			wait := w.dials[i].Sub(w.dials[i-1])
			require.GreaterOrEqual(t, wait, device.MinWait)
			require.LessOrEqual(t, wait, ceiling+time.Millisecond)
			ceiling = min(2*ceiling, device.MaxWait)
		}
		require.Greater(t, len(w.dials), 100)
		last := w.details[len(w.details)-1]
		require.Equal(t, len(w.dials), last.Detail.Try)
		require.False(t, last.Detail.NextTry.Before(time.Now()), "people see when the next try is")
	})
}

func TestFirstThroughCutsTheOthersWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		p := w.started(deviceOf(1, domain.CauseOnline), deviceOf(2, domain.CauseOnline), deviceOf(3, domain.CauseOnline))
		after(10 * time.Minute)
		w.set(func() { w.connect = nil })
		require.NoError(t, p.TryNow(1))
		after(time.Second)
		for id := range domain.DeviceID(3) {
			require.Equal(t, domain.CauseOnline, w.cause(id+1))
		}
	})
}

func TestSleepMakesEveryConnectionAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.started(deviceOf(1, domain.CauseOnline))
		after(time.Minute)
		require.Equal(t, 1, w.dialed(), "no sleep, no dial")
		w.set(func() { w.wall += time.Hour })
		after(20 * time.Second)
		require.Equal(t, []domain.Cause{domain.CauseAppStarting, domain.CauseOnline, domain.CauseWokeFromSleep, domain.CauseOnline}, w.causes(1))
		require.Equal(t, 2, w.dialed())
	})
}

// Half of the sleeps are seen by the wall clock alone; in the others both clocks run on, and nothing of ours.
func TestEverySleepIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.started(deviceOf(1, domain.CauseOnline), deviceOf(2, domain.CauseOnline))
		rng := rand.New(rand.NewPCG(1, 200))
		for nap := range 200 {
			after(time.Duration(rng.Int64N(int64(time.Hour))))
			gap := 25*time.Second + time.Duration(rng.Int64N(int64(12*time.Hour)))
			if nap%2 == 0 {
				w.set(func() { w.wall += gap })
			} else {
				w.set(func() { w.frozen = time.Now().Add(gap) })
				after(gap)
			}
			after(20 * time.Second)
			for _, id := range []domain.DeviceID{1, 2} {
				causes := w.causes(id)
				require.Len(t, causes, 2*(nap+2), "one row when it was noticed, one when the device was back")
				require.Equal(t, []domain.Cause{domain.CauseWokeFromSleep, domain.CauseOnline}, causes[len(causes)-2:])
			}
		}
	})
}

func TestGapIsSeenByEitherClock(t *testing.T) {
	begin := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		wall, mono time.Duration
		late       time.Duration
		slept      bool
	}{
		"on time":                        {sleepTick, sleepTick, 0, false},
		"a busy computer":                {14 * time.Second, 14 * time.Second, 9 * time.Second, false},
		"monotonic clock stands":         {time.Hour, sleepTick, time.Hour - sleepTick, true},
		"both run on":                    {time.Hour, time.Hour, time.Hour - sleepTick, true},
		"wall clock set back in a sleep": {-time.Hour, time.Minute, 55 * time.Second, true},
		"wall clock set back":            {-time.Hour, sleepTick, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			late, slept := gap(moment{wall: begin}, moment{wall: begin.Add(tc.wall), mono: tc.mono})
			require.Equal(t, tc.late, late)
			require.Equal(t, tc.slept, slept)
		})
	}
}

func TestEndsAreNotRetried(t *testing.T) {
	for kind, cause := range map[domain.SessionEventKind]domain.Cause{
		domain.SessionReplaced:  domain.CauseReplaced,
		domain.SessionLoggedOut: domain.CauseUnlinked,
		domain.SessionBanned:    domain.CauseBanned,
		domain.SessionOutdated:  domain.CauseClientOutdated,
		domain.SessionRefused:   domain.CauseConnectRefused,
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.started(deviceOf(1, domain.CauseOnline))
				c := w.at(1)
				c.tell(domain.SessionEvent{Kind: kind})
				c.tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
				after(24 * time.Hour)
				require.Equal(t, cause, w.cause(1))
				require.Equal(t, 1, w.dialed())
				require.False(t, p.Ready(1))
				_, err := p.Send(context.Background(), 1, domain.Outgoing{})
				require.Equal(t, domain.CodeNotConnected, domain.CodeOf(err))
			})
		})
	}
}

func TestUnlinkOnThePhoneDropsLinkAndFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		c := w.at(1)
		require.FileExists(t, p.cfg.Sessions+"/1-1.db")
		c.tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
		c.tell(domain.SessionEvent{Kind: domain.SessionLoggedOut})
		after(time.Minute)
		require.Equal(t, domain.CauseUnlinked, w.cause(1))
		require.Len(t, w.dropped, 1)
		require.True(t, c.closed)
		require.NoFileExists(t, p.cfg.Sessions+"/1-1.db")
	})
}

func TestTemporaryBanIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		w.at(1).tell(domain.SessionEvent{Kind: domain.SessionTempBanned, Until: time.Now().Add(6 * time.Hour), Code: 101})
		after(5 * time.Hour)
		require.Equal(t, 1, w.dialed())
		require.Equal(t, domain.CodeConflict, domain.CodeOf(p.TryNow(1)))
		after(2 * time.Hour)
		require.Equal(t, 2, w.dialed())
		require.Equal(t, domain.CauseOnline, w.cause(1))
	})
}

func TestDialThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error { <-c.ctx.Done(); return c.ctx.Err() }
		w.started(deviceOf(1, domain.CauseOnline))
		after(device.DialDeadline + time.Second)
		require.Equal(t, domain.CauseServerUnreachable, w.cause(1))
		after(time.Minute)
		require.GreaterOrEqual(t, w.dialed(), 2)
	})
}

func TestLoginThatNeverComesIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return nil }
		w.started(deviceOf(1, domain.CauseOnline))
		after(device.LoginDeadline + time.Second)
		require.Equal(t, domain.CauseServerUnreachable, w.cause(1))
	})
}

func TestPauseEndsADialAndHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error { <-c.ctx.Done(); return c.ctx.Err() }
		p := w.started(deviceOf(1, domain.CauseOnline))
		require.NoError(t, p.Pause(1))
		after(time.Hour)
		require.Equal(t, 1, w.dialed())
		p.NetworkChanged()
		p.Woke(time.Hour)
		after(time.Hour)
		require.Equal(t, domain.CausePaused, w.cause(1))
		w.set(func() { w.connect = nil })
		require.NoError(t, p.Resume(1))
		after(time.Second)
		require.Equal(t, domain.CauseOnline, w.cause(1))
	})
}

func TestKeepaliveLostConnectsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.started(deviceOf(1, domain.CauseOnline))
		after(time.Minute)
		w.at(1).tell(domain.SessionEvent{Kind: domain.SessionKeepaliveLost})
		after(3 * time.Second)
		require.Equal(t, []domain.Cause{domain.CauseAppStarting, domain.CauseOnline, domain.CauseKeepaliveTimeout, domain.CauseOnline}, w.causes(1))
	})
}

func TestHistoryIsWrittenWhenTheDiskTakesItAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.started(deviceOf(1, domain.CauseOnline))
		after(time.Minute)
		full := &domain.Error{Code: domain.CodeStorageFailed, Message: "the disk is full"}
		w.set(func() { w.journal = func() error { return full } })
		w.at(1).tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
		after(time.Minute)
		require.Equal(t, domain.CauseStorageFailed, w.unwritten[len(w.unwritten)-1].Cause, "people are told although the row can't be written")
		w.set(func() { w.journal = nil })
		after(2 * time.Minute)
		require.Equal(t, domain.CauseOnline, w.cause(1))
		requireChain(t, w.history)
	})
}

// requireChain fails unless each row goes on where the one before it ended.
func requireChain(t *testing.T, rows []domain.StateChange) {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		require.Equal(t, rows[i-1].To.Cause, rows[i].From.Cause)
		require.False(t, rows[i].At.Before(rows[i-1].At))
	}
}

func TestReceiveThatFailsForTheDiskIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		w.active[1] = "1-1.db"
		p.cfg.Receive = func(context.Context, domain.DeviceRef, domain.Inbound) error {
			return &domain.Error{Code: domain.CodeStorageFailed, Message: "the disk is full"}
		}
		p.Add(deviceOf(1, domain.CauseOnline), "1-1.db")
		w.run(p)
		require.Error(t, w.at(1).h.Receive(context.Background(), domain.Inbound{}))
		synctest.Wait()
		require.Equal(t, domain.CauseStorageFailed, w.cause(1))
		require.False(t, p.Ready(1))
		after(time.Minute)
		require.Equal(t, domain.CauseOnline, w.cause(1), "it connects again, so that what could not be taken comes again")
		require.Equal(t, 2, w.dialed())
	})
}

func TestPanicInAHandlerIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		w.active[1] = "1-1.db"
		p.cfg.Receive = func(context.Context, domain.DeviceRef, domain.Inbound) error { panic("poison") }
		p.Add(deviceOf(1, domain.CauseOnline), "1-1.db")
		w.run(p)
		require.Equal(t, domain.CodeInternal, domain.CodeOf(w.at(1).h.Receive(context.Background(), domain.Inbound{})))
	})
}

func TestUnlinkHereTellsWhatsApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		c := w.at(1)
		require.NoError(t, p.Unlink(context.Background(), 1))
		after(time.Second)
		require.Equal(t, 1, c.outs)
		require.Equal(t, domain.CauseNeverLinked, w.cause(1))
		require.Equal(t, device.ReasonUnlinkedHere, w.history[len(w.history)-1].To.Detail.Reason)
		require.Len(t, w.dropped, 1)
		require.NoFileExists(t, p.cfg.Sessions+"/1-1.db")
		require.Equal(t, domain.CodeConflict, domain.CodeOf(p.Unlink(context.Background(), 1)))
	})
}

func TestUnlinkThatWhatsAppDoesNotAnswerChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		w.at(1).logout = func() error { return errors.New("timeout") }
		require.Error(t, p.Unlink(context.Background(), 1))
		after(time.Minute)
		require.Equal(t, domain.CauseOnline, w.cause(1))
		require.Empty(t, w.dropped)
	})
}

func TestSessionFileWithoutAccountIsNotDialed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		p.Add(deviceOf(1, domain.CauseOnline), "lost.db")
		w.run(p)
		require.Zero(t, w.dialed())
		require.Equal(t, domain.CauseUnlinked, w.cause(1))
	})
}

func TestRemovedDeviceIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		c := w.at(1)
		require.NoError(t, p.Remove(context.Background(), 1))
		require.True(t, c.closed)
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(p.TryNow(1)))
	})
}

package pool

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func account() domain.Account {
	return domain.Account{Number: "4915100000001", LID: "77001", BusinessName: "Clinic"}
}

// scan is a phone that scans what the newest dialog shows, up to the point where the phone has linked.
func (w *world) scan(a domain.Account) error {
	c := w.newest()
	if err := c.h.Guard(context.Background(), a); err != nil {
		c.tell(domain.SessionEvent{Kind: domain.PairFailed, Err: err})
		synctest.Wait()
		return err
	}
	c.tell(domain.SessionEvent{Kind: domain.PairLinking})
	w.set(func() { c.linked = true })
	c.tell(domain.SessionEvent{Kind: domain.PairSucceeded, Account: a})
	synctest.Wait()
	return nil
}

// loginAgain is WhatsApp's 515.
func (w *world) loginAgain() {
	w.newest().tell(domain.SessionEvent{Kind: domain.SessionLoginAgain})
	after(time.Second)
}

// paired is a running pool with an open dialog for a device.
func paired(t *testing.T, cause domain.Cause) (*world, *Pool) {
	w := newWorld(t)
	p := w.pool()
	p.Add(deviceOf(1, cause), "")
	w.run(p)
	require.NoError(t, p.Pair(context.Background(), deviceOf(1, cause)))
	after(time.Second)
	return w, p
}

func TestPairingShowsSixCodesThenAsksForNewOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		began := w.step().At
		require.Equal(t, domain.PairingShowing, w.step().Kind)
		after(3 * time.Minute)

		var shown []domain.PairingStep
		for _, s := range w.steps {
			if s.Kind == domain.PairingShowing {
				shown = append(shown, s)
			}
		}
		require.Len(t, shown, 6)
		at := began
		for i, s := range shown {
			lasts := 20 * time.Second
			if i == 0 {
				lasts = time.Minute
			}
			require.Equal(t, i+1, s.N)
			require.Equal(t, 6, s.Total)
			require.Equal(t, string(rune('a'+i)), s.Code)
			require.True(t, s.At.Equal(at), "code %d", i+1)
			at = at.Add(lasts)
			require.True(t, s.Expires.Equal(at))
		}
		require.Equal(t, domain.PairingUsedUp, w.step().Kind)
		require.Equal(t, domain.CauseLinkFailed, w.cause(1))
		require.Equal(t, []domain.LinkID{100}, w.released)
		require.NoFileExists(t, p.cfg.Sessions+"/1-100.db")

		require.NoError(t, p.RenewPairing(context.Background(), deviceOf(1, domain.CauseLinkFailed), ""))
		after(time.Second)
		step, ok := p.PairingOf(1)
		require.True(t, ok)
		require.Equal(t, 1, step.N)
		require.Equal(t, domain.LinkID(101), step.Link, "a fresh session")
		require.FileExists(t, p.cfg.Sessions+"/1-101.db")
	})
}

func TestPairingLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		require.Equal(t, domain.PairingScanned, w.step().Kind)
		require.Equal(t, account(), w.step().Account)
		require.Equal(t, 1, w.dialed(), "the second login waits for WhatsApp to ask")
		w.loginAgain()
		require.Equal(t, []domain.PairingKind{domain.PairingWaiting, domain.PairingShowing, domain.PairingScanned, domain.PairingLinked}, w.kinds())
		w.at(1).tell(domain.SessionEvent{Kind: domain.SessionOfflineSynced})
		synctest.Wait()
		require.Equal(t, []domain.Cause{domain.CauseShowingQR, domain.CauseLinking, domain.CauseFirstSync, domain.CauseOnline}, w.causes(1))
		require.True(t, p.Ready(1))
		require.Empty(t, w.released)
		_, ok := p.PairingOf(1)
		require.False(t, ok)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(p.Pair(context.Background(), deviceOf(1, domain.CauseOnline))))
	})
}

func TestPairingLogsInWithoutBeingAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		after(loginAgainIn + time.Second)
		require.Equal(t, domain.PairingLinked, w.step().Kind)
	})
}

func TestSecondDialogIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		require.Equal(t, domain.CodeLinkBusy, domain.CodeOf(p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked))))
		step, ok := p.PairingOf(1)
		require.True(t, ok)
		require.Equal(t, w.step(), step)
	})
}

func TestCancelGoesBack(t *testing.T) {
	for _, cause := range []domain.Cause{domain.CauseNeverLinked, domain.CauseUnlinked} {
		t.Run(string(cause), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, p := paired(t, cause)
				c := w.newest()
				p.CancelPairing(1)
				after(time.Second)
				require.Equal(t, domain.PairingCancelled, w.step().Kind)
				require.Equal(t, cause, w.cause(1))
				require.True(t, c.closed)
				require.Equal(t, []domain.LinkID{100}, w.released)
				require.Error(t, c.h.Guard(context.Background(), account()), "who scans the old code now is refused")
				require.Empty(t, w.claimed)
				after(time.Hour)
				require.Equal(t, domain.PairingCancelled, w.step().Kind)
			})
		})
	}
}

func TestCancelBeforeTheDialIsThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error { <-c.ctx.Done(); return c.ctx.Err() }
		p := w.pool()
		w.run(p)
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		p.CancelPairing(1)
		after(time.Second)
		require.Equal(t, []domain.PairingKind{domain.PairingWaiting, domain.PairingCancelled}, w.kinds())
		require.Len(t, w.released, 1)
	})
}

func TestScannedPairingCannotBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		p.CancelPairing(1)
		w.loginAgain()
		require.Equal(t, domain.PairingLinked, w.step().Kind)
	})
}

func TestNumberInUseIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		w.held[account().Number] = domain.Holder{SubaccountName: "Bakery", Slot: 2}
		c := w.newest()
		require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(c.h.Guard(context.Background(), account())), "the phone is told")
		synctest.Wait()
		require.False(t, c.closed, "over this connection, which stays until then")
		c.tell(domain.SessionEvent{Kind: domain.PairFailed})
		synctest.Wait()
		require.True(t, c.closed)

		step := w.step()
		require.Equal(t, domain.PairingRefused, step.Kind)
		require.Equal(t, "Bakery", step.Holder.SubaccountName)
		require.Equal(t, account(), step.Account)
		require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
		require.Equal(t, domain.CauseNeverLinked, w.cause(1), "no status of a device that holds nothing")
		require.NoFileExists(t, p.cfg.Sessions+"/1-100.db")
		require.Equal(t, []domain.LinkID{100}, w.released)
	})
}

func TestRefusedPhoneThatSaysNothingIsClosedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		w.held[account().Number] = domain.Holder{}
		c := w.newest()
		require.Error(t, c.h.Guard(context.Background(), account()))
		after(tellPhone + time.Second)
		require.True(t, c.closed)
	})
}

func TestPanicInTheGuardRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		w.claim = func() error { panic("defect") }
		require.Equal(t, domain.CodeInternal, domain.CodeOf(w.newest().h.Guard(context.Background(), account())))
		after(tellPhone + time.Second)
		require.Equal(t, domain.PairingFailed, w.step().Kind)
		require.Empty(t, w.claimed)
	})
}

func TestLIDOfAnotherDeviceIsLoggedOutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		w.confirm = func() error {
			return &domain.RefusedError{Err: &domain.Error{Code: domain.CodeNumberInUse, Message: "in use"}, Holder: domain.Holder{SubaccountName: "Bakery"}}
		}
		c := w.newest()
		require.NoError(t, w.scan(account()))
		require.Equal(t, domain.PairingRefused, w.step().Kind)
		require.Equal(t, "Bakery", w.step().Holder.SubaccountName)
		require.Equal(t, domain.CauseNeverLinked, w.cause(1))
		after(time.Minute)
		require.Equal(t, 1, c.outs, "the phone lists no companion that nobody owns")
		require.True(t, c.closed)
		require.NoFileExists(t, p.cfg.Sessions+"/1-100.db")
		require.Error(t, c.h.Receive(context.Background(), domain.Inbound{}), "nothing is taken over a session of nobody")
	})
}

func TestLinkThatCannotBeWrittenIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		w.confirm = func() error { return &domain.Error{Code: domain.CodeStorageFailed, Message: "full"} }
		c := w.newest()
		require.NoError(t, w.scan(account()))
		after(time.Minute)
		require.Equal(t, domain.PairingFailed, w.step().Kind)
		require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(w.step().Err))
		require.Equal(t, 1, c.outs)
	})
}

func TestNetworkThatDropsInTheMiddle(t *testing.T) {
	for name, tc := range map[string]struct {
		happen func(w *world)
		reason string
	}{
		"while showing": {func(w *world) { w.newest().tell(domain.SessionEvent{Kind: domain.SessionDisconnected}) }, "dropped"},
		"after the scan": {func(w *world) {
			_ = w.newest().h.Guard(context.Background(), account())
			w.newest().tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
		}, "dropped"},
		"silence after the scan": {func(w *world) {
			_ = w.newest().h.Guard(context.Background(), account())
			after(scanDeadline + time.Second)
		}, "no_answer"},
		"phone gives up": {func(w *world) {
			w.newest().tell(domain.SessionEvent{Kind: domain.PairFailed, Err: errors.New("closed")})
		}, "phone"},
		"refused by WhatsApp": {func(w *world) { w.newest().tell(domain.SessionEvent{Kind: domain.SessionOutdated}) }, "client_outdated"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, p := paired(t, domain.CauseNeverLinked)
				c := w.newest()
				tc.happen(w)
				after(time.Second)
				var coded *domain.Error
				require.ErrorAs(t, w.step().Err, &coded)
				require.Equal(t, domain.CodeLinkFailed, coded.Code)
				require.Equal(t, tc.reason, coded.Detail["reason"])
				require.NotEmpty(t, coded.Action)
				require.Equal(t, domain.CauseLinkFailed, w.cause(1))
				require.Equal(t, tc.reason, w.history[len(w.history)-1].To.Detail.Reason)
				require.Empty(t, w.claimed, "the number is free again")
				require.True(t, c.closed)
				require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)), "and it can be tried again")
			})
		})
	}
}

func TestPairingWithoutNetworkSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		p := w.pool()
		w.run(p)
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		var coded *domain.Error
		require.ErrorAs(t, w.step().Err, &coded)
		require.Equal(t, "server_unreachable", coded.Detail["reason"])
		require.Equal(t, domain.ActionRetry, coded.Action)
	})
}

func TestNoDatabaseNoPairing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.opened = func() error { return &domain.Error{Code: domain.CodeStorageFailed, Message: "full"} }
		p := w.pool()
		w.run(p)
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(w.step().Err))
		require.Zero(t, w.dialed())
	})
}

func TestDialogsThatThePhoneCannotFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		w.newest().tell(domain.SessionEvent{Kind: domain.PairPasskey})
		synctest.Wait()
		require.Equal(t, domain.PairingPasskey, w.step().Kind)
		require.Equal(t, domain.CausePasskeyRequired, w.cause(1))
		p.CancelPairing(1)
		after(time.Second)
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		w.newest().tell(domain.SessionEvent{Kind: domain.PairOldPhone})
		after(time.Second)
		require.Equal(t, domain.CodePhoneOutdated, domain.CodeOf(w.step().Err))
	})
}

func TestPhoneThatUnlinksWhileLinking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		w.set(func() {
			w.connect = func(c *client) error {
				c.tell(domain.SessionEvent{Kind: domain.SessionLoggedOut})
				return nil
			}
		})
		w.loginAgain()
		after(time.Second)
		require.Equal(t, domain.PairingFailed, w.step().Kind)
		require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(w.step().Err))
		require.Equal(t, domain.CauseUnlinked, w.cause(1))
		require.Len(t, w.dropped, 1)
		require.NoFileExists(t, p.cfg.Sessions+"/1-100.db")
	})
}

func TestPhoneThatUnlinksBeforeTheSecondLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		w.newest().tell(domain.SessionEvent{Kind: domain.SessionLoggedOut})
		after(time.Second)
		require.Equal(t, domain.PairingFailed, w.step().Kind)
		require.Equal(t, domain.CauseUnlinked, w.cause(1))
	})
}

func TestLinkWhoseFirstLoginFailsIsLinkedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := paired(t, domain.CauseNeverLinked)
		require.NoError(t, w.scan(account()))
		w.set(func() { w.connect = func(*client) error { return refused() } })
		w.loginAgain()
		require.Equal(t, domain.PairingLinked, w.step().Kind)
		require.Equal(t, domain.CauseServerUnreachable, w.cause(1))
		w.set(func() { w.connect = nil })
		after(time.Minute)
		require.Equal(t, domain.CauseOnline, w.cause(1))
	})
}

func TestRelinkReplacesTheFormerSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.started(deviceOf(1, domain.CauseOnline))
		former := w.at(1)
		former.tell(domain.SessionEvent{Kind: domain.SessionReplaced})
		synctest.Wait()
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseReplaced)))
		after(time.Second)
		require.False(t, former.up, "the former session stays stopped")
		require.NoError(t, w.scan(account()))
		w.loginAgain()
		w.at(1).tell(domain.SessionEvent{Kind: domain.SessionOfflineSynced})
		synctest.Wait()
		require.Equal(t, domain.CauseOnline, w.cause(1))
		require.True(t, former.closed)
		require.NoFileExists(t, p.cfg.Sessions+"/1-1.db")
		former.h.Event(domain.SessionEvent{Kind: domain.SessionLoggedOut})
		after(time.Minute)
		require.Equal(t, domain.CauseOnline, w.cause(1), "what the former session still says means nothing")
	})
}

func TestCancelledRelinkKeepsTheFormerSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		p := w.started(deviceOf(1, domain.CauseOnline))
		after(time.Second)
		w.set(func() { w.connect = nil })
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseOnline)))
		after(time.Minute)
		require.Equal(t, domain.CauseShowingQR, w.cause(1), "the former session is not dialed meanwhile")
		p.CancelPairing(1)
		after(time.Second)
		require.Equal(t, domain.CauseOnline, w.cause(1))
		require.FileExists(t, p.cfg.Sessions+"/1-1.db")
	})
}

func TestStopEndsAnOpenDialog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		synctest.Wait()
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		require.NoError(t, w.newest().h.Guard(context.Background(), account()))
		cancel()
		require.NoError(t, <-ended)
		require.True(t, w.newest().closed)
		require.Equal(t, []domain.LinkID{100}, w.released, "the claim goes with the dialog")
		require.Equal(t, domain.CodeNotConnected, domain.CodeOf(p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked))))
	})
}

func TestStopWhileTheLinkIsWrittenKeepsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		synctest.Wait()
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(time.Second)
		require.NoError(t, w.scan(account()))
		cancel()
		require.NoError(t, <-ended)
		require.Empty(t, w.released)
		require.FileExists(t, p.cfg.Sessions+"/1-100.db")
	})
}

// A person waits for the codes; forty devices that connect after an outage do not go first.
func TestDialogGoesFirstAtTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error {
			time.Sleep(2 * time.Second)
			return refused()
		}
		var devices []domain.Device
		for id := range domain.DeviceID(40) {
			devices = append(devices, deviceOf(id+10, domain.CauseOnline))
		}
		p := w.started(devices...)
		require.NoError(t, p.Pair(context.Background(), deviceOf(1, domain.CauseNeverLinked)))
		after(2 * time.Minute)
		require.Equal(t, 4, w.most)
		require.Less(t, slices.Index(w.dialedFiles, "1-100.db"), 5)
	})
}

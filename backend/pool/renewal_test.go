package pool

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// versions is a WhatsApp that refuses a version, in a world of connected devices.
type versions struct {
	*world
	refusing atomic.Bool // every version
	renewed  atomic.Bool // the newer version is in use
}

func newVersions(t *testing.T, devices int) (*versions, *Pool) {
	v := &versions{world: newWorld(t)}
	v.renew = func() (bool, error) {
		time.Sleep(time.Second)
		return !v.renewed.Swap(true), nil
	}
	var all []domain.Device
	for id := range domain.DeviceID(devices) {
		d := deviceOf(id+1, domain.CauseOnline)
		d.LastIn = time.Now().Add(time.Duration(id) * time.Minute)
		all = append(all, d)
	}
	p := v.started(all...)
	after(time.Minute)
	v.set(func() {
		v.dials, v.dialedFiles = nil, nil
		v.connect = func(c *client) error {
			if v.refusing.Load() || !v.renewed.Load() {
				c.tell(domain.SessionEvent{Kind: domain.SessionOutdated})
			} else {
				c.tell(domain.SessionEvent{Kind: domain.SessionConnected})
			}
			return nil
		}
	})
	return v, p
}

// cut ends a device's connection, so that it dials again and is refused.
func (v *versions) cut(id domain.DeviceID) {
	v.at(id).tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
	synctest.Wait()
}

// files returns the session files that were dialed with, in order.
func (v *versions) files() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.dialedFiles)
}

func (v *versions) lookUps() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.renewals
}

func (v *versions) requireAll(devices int, cause domain.Cause) {
	v.t.Helper()
	for id := range domain.DeviceID(devices) {
		require.Equal(v.t, cause, v.cause(id+1), "device %d", id+1)
	}
}

func TestOneRefusedVersionStopsAllAndOneTriesTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, _ := newVersions(t, 20)
		renew := v.renew
		v.renew = func() (bool, error) {
			synctest.Wait()
			v.requireAll(20, domain.CauseClientOutdated)
			return renew()
		}
		v.connect = func(c *client) error {
			if !v.renewed.Load() {
				c.tell(domain.SessionEvent{Kind: domain.SessionOutdated})
				return nil
			}
			time.Sleep(5 * time.Second)
			c.tell(domain.SessionEvent{Kind: domain.SessionConnected})
			return nil
		}
		v.cut(3)
		after(5 * time.Second)
		require.Equal(t, []string{"3-1.db", "20-1.db"}, v.files(), "the refused one, then the one that was used last")
		after(time.Minute)
		v.requireAll(20, domain.CauseOnline)
		require.Equal(t, 1, v.lookUps())
		require.Len(t, v.files(), 21)
	})
}

func TestVersionThatIsRefusedTooLeavesTheRestToPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 10)
		v.refusing.Store(true)
		v.cut(3)
		after(24 * time.Hour)
		v.requireAll(10, domain.CauseClientOutdated)
		require.Equal(t, 1, v.lookUps())
		require.Len(t, v.files(), 2, "the refused one, and one that tried the new version")
		p.NetworkChanged()
		p.Woke(time.Hour)
		after(time.Hour)
		require.Len(t, v.files(), 2)

		require.NoError(t, p.TryNow(5))
		after(time.Hour)
		require.Equal(t, 2, v.lookUps(), "asked again, looked up again")
		require.Len(t, v.files(), 3, "nothing newer, so nobody tries it")
		v.requireAll(10, domain.CauseClientOutdated)
	})
}

func TestVersionThatCannotBeLookedUpIsAskedForAgainByPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 10)
		renew := v.renew
		v.renew = func() (bool, error) { return false, errors.New("no network") }
		v.cut(3)
		after(24 * time.Hour)
		v.requireAll(10, domain.CauseClientOutdated)
		require.Len(t, v.files(), 1)
		require.Equal(t, 1, v.lookUps())
		v.set(func() { v.renew = renew })
		require.NoError(t, p.TryNow(3))
		after(time.Minute)
		v.requireAll(10, domain.CauseOnline)
	})
}

func TestLookUpThatPanicsEndsTheRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 2)
		renew := v.renew
		v.renew = func() (bool, error) { panic("look-up") }
		v.cut(1)
		after(time.Minute)
		v.requireAll(2, domain.CauseClientOutdated)
		v.set(func() { v.renew = renew })
		require.NoError(t, p.TryNow(1))
		after(time.Minute)
		v.requireAll(2, domain.CauseOnline)
	})
}

func TestAnotherTriesWhenTheFirstCannotTell(t *testing.T) {
	for name, hinder := range map[string]func(p *Pool, c *client) error{
		"network": func(*Pool, *client) error { return refused() },
		"unlinked": func(_ *Pool, c *client) error {
			c.tell(domain.SessionEvent{Kind: domain.SessionLoggedOut})
			return nil
		},
		"paused": func(p *Pool, _ *client) error { return p.Pause(10) },
		"removed": func(p *Pool, _ *client) error {
			go func() { _ = p.Remove(context.Background(), 10) }()
			time.Sleep(time.Second)
			return refused()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, p := newVersions(t, 10)
				connect := v.connect
				v.set(func() {
					v.connect = func(c *client) error {
						if v.renewed.Load() && c.file == "10-1.db" {
							return hinder(p, c)
						}
						return connect(c)
					}
				})
				v.cut(3)
				after(time.Minute)
				v.requireAll(9, domain.CauseOnline)
				require.Equal(t, 1, v.lookUps())
			})
		})
	}
}

func TestOneDeviceThatIsRefusedAfterARenewalStopsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, _ := newVersions(t, 10)
		v.cut(3)
		after(time.Minute)
		v.refusing.Store(true)
		v.cut(4)
		after(30 * time.Minute)
		require.Equal(t, domain.CauseClientOutdated, v.cause(4))
		require.Equal(t, domain.CauseOnline, v.cause(3))
		require.Equal(t, 1, v.lookUps())
		after(time.Hour)
		v.cut(5)
		after(time.Minute)
		v.requireAll(10, domain.CauseClientOutdated)
		require.Equal(t, 2, v.lookUps())
	})
}

func TestWhatDoesNotDialIsNotStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 4)
		require.NoError(t, p.Pause(2))
		v.at(3).tell(domain.SessionEvent{Kind: domain.SessionTempBanned, Until: time.Now().Add(48 * time.Hour)})
		v.at(4).tell(domain.SessionEvent{Kind: domain.SessionReplaced})
		synctest.Wait()
		v.cut(1)
		after(time.Minute)
		require.Equal(t, domain.CauseOnline, v.cause(1))
		require.Equal(t, domain.CausePaused, v.cause(2))
		require.Equal(t, domain.CauseTemporarilyBanned, v.cause(3))
		require.Equal(t, domain.CauseReplaced, v.cause(4))
	})
}

func TestVersionRefusedWhileLinkingIsRenewedAndTheDialogGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 3)
		connect := v.connect
		v.set(func() {
			v.connect = func(c *client) error {
				if v.renewed.Load() && !c.linked {
					c.tell(domain.SessionEvent{Kind: domain.PairCodes, Codes: []string{"a"}})
					return nil
				}
				return connect(c)
			}
		})
		require.NoError(t, p.Pair(context.Background(), deviceOf(9, domain.CauseNeverLinked)))
		after(10 * time.Second)
		require.Equal(t, domain.PairingShowing, v.step().Kind)
		require.NotContains(t, v.kinds(), domain.PairingFailed)
		v.requireAll(3, domain.CauseOnline)
	})
}

func TestVersionRefusedWhileLinkingWithNothingNewerEndsTheDialog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, p := newVersions(t, 3)
		v.refusing.Store(true)
		d := deviceOf(9, domain.CauseNeverLinked)
		for range 2 { // the first time there is a newer version, which is refused too
			require.NoError(t, p.Pair(context.Background(), d))
			after(10 * time.Second)
			require.Equal(t, domain.PairingFailed, v.step().Kind)
			var told *domain.Error
			require.ErrorAs(t, v.step().Err, &told)
			require.Equal(t, domain.ActionUpdateApp, told.Action)
		}
		v.requireAll(3, domain.CauseClientOutdated)
	})
}

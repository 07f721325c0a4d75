package engine

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// walk is one way through causes: what really happens, to a workspace with one device that is not linked yet.
type walk struct {
	causes []domain.Cause // those that it comes past, in any order
	story  func(b *bubble)
}

// walks are all ways. What happens is done by phones, by the simulated service, by its line, by the computer or by a person; nothing is told to
// the machine itself.
func walks() map[string]walk {
	return map[string]walk{
		"linking": {[]domain.Cause{
			domain.CauseNeverLinked, domain.CauseShowingQR, domain.CauseLinking, domain.CauseLinkFailed, domain.CauseFirstSync, domain.CauseOnline,
		}, walkLinking},
		"other ways to link": {[]domain.Cause{domain.CauseShowingCode, domain.CausePasskeyRequired}, walkOtherWays},
		"the line": {[]domain.Cause{
			domain.CauseConnecting, domain.CauseServerUnreachable, domain.CauseNetworkDown, domain.CauseKeepaliveTimeout, domain.CauseWokeFromSleep,
		}, walkLine},
		"its proxy": {[]domain.Cause{domain.CauseProxyFailed}, walkProxy},
		"a person":  {[]domain.Cause{domain.CausePaused, domain.CauseAppStarting}, walkPerson},
		"refusals": {[]domain.Cause{
			domain.CauseTemporarilyBanned, domain.CauseConnectRefused, domain.CauseClientOutdated, domain.CauseReplaced, domain.CauseReachoutTimelock,
		}, walkRefusals},
		"this computer": {[]domain.Cause{domain.CauseClockWrong, domain.CauseStorageFailed}, walkComputer},
		"deaf":          {[]domain.Cause{domain.CauseDeaf}, walkDeaf},
		"the phone":     {[]domain.Cause{domain.CausePhoneOfflineTooLong}, walkPhone},
		"unlinked":      {[]domain.Cause{domain.CauseUnlinked}, walkUnlinked},
		"banned":        {[]domain.Cause{domain.CauseBanned}, walkBanned},
	}
}

func TestEveryCauseComesFromARealEventAndIsShown(t *testing.T) {
	var walked []domain.Cause
	for _, w := range walks() {
		walked = append(walked, w.causes...)
	}
	require.ElementsMatch(t, domain.Causes(), walked, "no cause is left out")
	for name, w := range walks() {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bubble) {
				w.story(b)
				for _, cause := range w.causes {
					require.Contains(t, b.history(), cause)
				}
			})
		})
	}
}

func walkLinking(b *bubble) {
	b.shows(domain.CauseNeverLinked)
	require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: wasim.PairingScan, Count: 1}))
	code := b.showCode(b.reception)
	b.shows(domain.CauseShowingQR)
	_, _ = b.ours.Scan(within(b.t), code) // how the phone sees it is the simulator's affair
	b.shows(domain.CauseLinkFailed)
	b.link(b.reception, b.ours)
	b.shows(domain.CauseOnline)
}

func walkOtherWays(b *bubble) {
	b.ours.SetRequiresPasskey(true)
	code := b.showCode(b.reception)
	scanned := make(chan struct{})
	go func() {
		defer close(scanned)
		_, _ = b.ours.Scan(within(b.t), code) // it waits for a passkey that never comes
	}()
	b.shows(domain.CausePasskeyRequired)
	require.NoError(b.t, facade[*bridge.Pairing](b).Cancel(int64(b.reception)))
	<-scanned
	b.ours.SetRequiresPasskey(false)

	_, err := facade[*bridge.Pairing](b).ShowCode(int64(b.reception), b.ours.Number())
	require.NoError(b.t, err)
	b.shows(domain.CauseShowingCode)
	step := b.awaitStep(b.reception, domain.PairingCode)
	result, err := b.ours.EnterCode(within(b.t), step.Code)
	require.NoError(b.t, err)
	require.True(b.t, result.Linked)
	b.shows(domain.CauseOnline)
}

func walkLine(b *bubble) {
	b.link(b.reception, b.ours)
	b.ours.DropConnections()
	d := b.shows(domain.CauseConnecting)
	require.NotZero(b.t, d.NextTry, "the next try is told")
	b.shows(domain.CauseOnline)

	b.ours.BlackHole()
	b.shows(domain.CauseKeepaliveTimeout)
	b.shows(domain.CauseOnline)

	require.NoError(b.t, b.sim.Stop())
	b.shows(domain.CauseServerUnreachable)
	b.announced(domain.CauseServerUnreachable)
	b.slept.Add(int64(time.Hour))
	b.awaitHistory(domain.CauseWokeFromSleep)
	require.NoError(b.t, b.sim.Start(true))
	b.press()
	b.well()

	b.unplugged.Store(true)
	b.ours.DropConnections()
	b.shows(domain.CauseNetworkDown)
	b.announced(domain.CauseNetworkDown)
	b.unplugged.Store(false)
	b.press()
	b.shows(domain.CauseOnline)
}

func walkPerson(b *bubble) {
	b.link(b.reception, b.ours)
	require.NoError(b.t, b.fleetFacade().Pause(int64(b.reception)))
	b.shows(domain.CausePaused)
	b.press()
	b.shows(domain.CauseOnline)
	b.restart()
	b.awaitHistory(domain.CauseAppStarting)
	b.shows(domain.CauseOnline)
}

func walkRefusals(b *bubble) {
	b.link(b.reception, b.ours)

	refuse := func(f wasim.Fault) {
		f.Kind = wasim.FaultLoginFailure
		require.NoError(b.t, b.sim.Inject(f))
		b.ours.DropConnections()
	}
	refuse(wasim.Fault{Code: 402, BanCode: 101, Expire: time.Hour, Count: 1})
	d := b.shows(domain.CauseTemporarilyBanned)
	require.WithinDuration(b.t, b.now().Add(time.Hour), time.UnixMilli(d.Until), time.Minute)
	require.Equal(b.t, 101, d.Code, "why")
	b.announced(domain.CauseTemporarilyBanned)
	time.Sleep(time.Hour) // it ends by itself
	b.well()

	refuse(wasim.Fault{Code: 409, Text: "something new", Count: 1})
	d = b.shows(domain.CauseConnectRefused)
	require.Equal(b.t, 409, d.Code)
	require.Equal(b.t, "something new", d.Reason)
	b.announced(domain.CauseConnectRefused)
	b.press()
	b.well()

	require.NoError(b.t, b.ours.Replace(linked(b.t, b.ours).ID))
	b.shows(domain.CauseReplaced)
	b.announced(domain.CauseReplaced)
	b.press()
	b.well()

	b.ours.SetTimeLock("", time.Hour)
	d = b.shows(domain.CauseReachoutTimelock)
	require.WithinDuration(b.t, b.now().Add(time.Hour), time.UnixMilli(d.Until), time.Minute)
	b.announced(domain.CauseReachoutTimelock)
	require.True(b.t, b.pool.Ready(b.reception), "replies go")
	time.Sleep(time.Hour)
	b.well()

	refuse(wasim.Fault{Code: 405})
	b.shows(domain.CauseClientOutdated)
	b.announced(domain.CauseClientOutdated)
}

func walkComputer(b *bubble) {
	b.link(b.reception, b.ours)

	b.skew.Store(int64(-365 * 24 * time.Hour))
	b.ours.DropConnections()
	b.shows(domain.CauseClockWrong)
	b.announced(domain.CauseClockWrong)
	b.skew.Store(0)
	b.press()
	b.well()

	b.quietly()
	sound := b.spoilSession()
	b.start()
	b.shows(domain.CauseStorageFailed)
	b.announced(domain.CauseStorageFailed)
	sound()
	b.press()
	b.well()
}

func walkUnlinked(b *bubble) {
	b.link(b.reception, b.ours)
	b.unlinked()
	b.announced(domain.CauseUnlinked)
	b.press()
	b.shows(domain.CauseShowingQR)
}

func walkBanned(b *bubble) {
	b.link(b.reception, b.ours)
	require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultLoginFailure, Code: 406}))
	b.ours.DropConnections()
	b.shows(domain.CauseBanned)
	b.announced(domain.CauseBanned)
}

// row is the device as rail, fleet and device page get it.
func (b *bubble) row() bridge.Device {
	b.t.Helper()
	snapshot, err := facade[*bridge.App](b).Snapshot()
	require.NoError(b.t, err)
	i := slices.IndexFunc(snapshot.Devices, func(d bridge.Device) bool { return d.ID == int64(b.reception) })
	require.GreaterOrEqual(b.t, i, 0)
	return snapshot.Devices[i]
}

// shows waits until the interface is told of a cause and checks everything that is told with it.
func (b *bubble) shows(cause domain.Cause) bridge.Device {
	b.t.Helper()
	b.wait("the cause "+string(cause), func() bool {
		d := b.row()
		return d.Cause == string(cause) && d.Since >= b.began.UnixMilli()
	})
	d := b.row()
	require.Equal(b.t, string(cause), d.Cause)
	require.Equal(b.t, string(cause.Status()), d.Status)
	require.Equal(b.t, string(cause.Next()), d.Next)
	require.False(b.t, time.UnixMilli(d.Since).After(b.now()), "since when")
	b.awaitHistory(cause)
	return d
}

// well waits until the device is connected, for long enough that people know.
func (b *bubble) well() {
	b.t.Helper()
	b.shows(domain.CauseOnline)
	time.Sleep(time.Minute)
}

// announced waits until there is a notification of the cause.
func (b *bubble) announced(cause domain.Cause) {
	b.t.Helper()
	b.wait("a notification of "+string(cause), func() bool {
		snapshot, err := facade[*bridge.App](b).Snapshot()
		require.NoError(b.t, err)
		return slices.ContainsFunc(snapshot.Notices, func(n bridge.Notice) bool {
			return slices.ContainsFunc(n.Items, func(i bridge.NoticeItem) bool { return i.Cause == string(cause) })
		})
	})
}

// history are the causes that the device page lists.
func (b *bubble) history() []domain.Cause {
	b.t.Helper()
	rows, err := b.fleetFacade().History(int64(b.reception), 200)
	require.NoError(b.t, err)
	out := make([]domain.Cause, len(rows))
	for i, row := range rows {
		out[i] = domain.Cause(row.To)
	}
	return out
}

func (b *bubble) awaitHistory(cause domain.Cause) {
	b.t.Helper()
	b.wait("a row of the history with "+string(cause), func() bool { return slices.Contains(b.history(), cause) })
}

// press does what the button of the present cause does.
func (b *bubble) press() {
	b.t.Helper()
	id := int64(b.reception)
	deeds := map[domain.NextAction]func() error{
		domain.NextTryNow:    func() error { return b.fleetFacade().TryNow(id) },
		domain.NextResume:    func() error { return b.fleetFacade().Resume(id) },
		domain.NextTakeBack:  func() error { return b.fleetFacade().TakeBack(id) },
		domain.NextCheckNow:  func() error { return b.fleetFacade().CheckNow(id) },
		domain.NextFreeSpace: func() error { return b.fleetFacade().CheckNow(id) },
		domain.NextRelink: func() error {
			_, err := facade[*bridge.Pairing](b).Start(id)
			return err
		},
	}
	next := domain.NextAction(b.row().Next)
	require.Contains(b.t, deeds, next)
	require.NoError(b.t, deeds[next]())
}

func (b *bubble) fleetFacade() *bridge.Fleet { return facade[*bridge.Fleet](b) }

// facade is one of those that the interface calls.
func facade[F any](b *bubble) F {
	var found F
	for _, f := range b.facades.All() {
		if is, ok := f.(F); ok {
			found = is
		}
	}
	return found
}

// spoilSession makes the device's session file one that can't be read. The result brings it back.
func (b *bubble) spoilSession() (back func()) {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "sessions", "*.db"))
	require.NoError(b.t, err)
	require.Len(b.t, files, 1)
	good, err := os.ReadFile(files[0])
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(files[0], make([]byte, len(good)), 0o600))
	return func() { require.NoError(b.t, os.WriteFile(files[0], good, 0o600)) }
}

// lineWithout is a line of a computer on which connecting fails with what the operating system says.
func lineWithout(reason syscall.Errno) http.RoundTripper {
	return &http.Transport{
		DialContext: func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", reason)}
		},
	}
}

package pool_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

func TestFromTheFirstLinkToARelink(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic, ana := w.phone("+34600000013", "Clinic"), w.phone("+34600000027", "Ana")
	w.link(d, clinic)
	require.Equal(t, domain.PairingLinked, w.lastStep().Kind)
	first := w.stored(d)
	require.Equal(t, "34600000013", first.Account.Number)
	require.Equal(t, 1, first.Slot)
	steps := []domain.Cause{domain.CauseNeverLinked, domain.CauseShowingQR, domain.CauseLinking, domain.CauseFirstSync, domain.CauseOnline}
	require.Equal(t, steps, w.causes(d))

	write := func(text string) {
		_, err := ana.SendText(t.Context(), clinic.Number(), text)
		require.NoError(t, err)
	}
	write("one")
	w.eventually("a message", func() bool { return len(w.texts()) == 1 })

	require.NoError(t, w.sim.Stop())
	w.awaitCause(d, domain.CauseServerUnreachable)
	require.False(t, w.pool.Ready(d.Ref.Device))
	require.NoError(t, w.sim.Start(true))
	write("two")
	w.awaitCause(d, domain.CauseOnline)
	w.eventually("what was written meanwhile", func() bool { return len(w.texts()) == 2 })

	require.Equal(t, 1, clinic.UnlinkAll())
	w.awaitCause(d, domain.CauseUnlinked)
	w.eventually("the session's end", func() bool { return len(w.sessionFiles()) == 0 })

	w.link(d, clinic)
	again := w.stored(d)
	require.Equal(t, first.Slot, again.Slot)
	require.Equal(t, first.Account.Number, again.Account.Number)
	write("three")
	w.eventually("a message over the new link", func() bool { return len(w.texts()) == 3 })
	require.Equal(t, []string{"one", "two", "three"}, w.texts())
	require.Len(t, w.sessionFiles(), 1)
}

func TestCutConnectionIsBackAndNothingIsMissing(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic, ana := w.phone("+34600000013", "Clinic"), w.phone("+34600000027", "Ana")
	w.link(d, clinic)
	for i := range 3 {
		clinic.DropConnections()
		_, err := ana.SendText(t.Context(), clinic.Number(), fmt.Sprint(i))
		require.NoError(t, err)
		w.eventually("the message", func() bool { return len(w.texts()) == i+1 })
	}
	require.Equal(t, []string{"0", "1", "2"}, w.texts())
}

func TestNumberOfAnotherSubaccountIsRefusedOnThePhone(t *testing.T) {
	w := newWorkspace(t)
	first, second := w.newDevice(w.sub), w.newDevice(w.subaccount("Bakery", "B"))
	clinic := w.phone("+34600000013", "Clinic")
	w.link(first, clinic)

	result, err := clinic.Scan(t.Context(), w.dialog(second))
	require.NoError(t, err)
	require.False(t, result.Linked)
	step := w.awaitStep(domain.PairingRefused)
	require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
	require.Equal(t, first.Ref, step.Holder.Ref)
	require.Equal(t, "Clinic", step.Holder.SubaccountName)
	require.Len(t, clinic.LinkedDevices(), 1)
	w.awaitCause(second, domain.CauseNeverLinked)
	require.Equal(t, domain.CauseOnline, w.stored(first).State.Cause)
	w.eventually("the refused session's end", func() bool { return len(w.sessionFiles()) == 1 })
}

func TestRelinkWithAnotherNumberIsRefused(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic, other := w.phone("+34600000013", "Clinic"), w.phone("+34600000014", "Private")
	w.link(d, clinic)
	clinic.UnlinkAll()
	w.awaitCause(d, domain.CauseUnlinked)
	since := w.stored(d).State.Since

	result, err := other.Scan(t.Context(), w.dialog(d))
	require.NoError(t, err)
	require.False(t, result.Linked)
	step := w.awaitStep(domain.PairingRefused)
	require.Equal(t, domain.CodeWrongNumber, domain.CodeOf(step.Err))
	require.Equal(t, "34600000014", step.Account.Number)
	require.Equal(t, "34600000013", step.Holder.Number)
	w.awaitCause(d, domain.CauseUnlinked)
	require.True(t, since.Equal(w.stored(d).State.Since), "unlinked since then, whatever dialogs were open meanwhile")
	w.link(d, clinic)
}

func TestReplacedIsTakenBackOnlyWhenAsked(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	w.link(d, clinic)
	require.NoError(t, clinic.Replace(clinic.LinkedDevices()[0].ID))
	w.awaitCause(d, domain.CauseReplaced)
	w.pool.NetworkChanged()
	w.pool.Woke(time.Hour)
	require.Equal(t, domain.CodeConflict, domain.CodeOf(w.pool.TryNow(d.Ref.Device)))
	require.False(t, clinic.LinkedDevices()[0].Connected)
	require.NoError(t, w.pool.TakeBack(d.Ref.Device))
	w.awaitCause(d, domain.CauseOnline)
}

func TestUnlinkHereIsSeenOnThePhone(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	w.link(d, clinic)
	require.NoError(t, w.pool.Unlink(t.Context(), d.Ref.Device))
	require.Empty(t, clinic.LinkedDevices())
	w.awaitCause(d, domain.CauseNeverLinked)
	w.eventually("the session's end", func() bool { return len(w.sessionFiles()) == 0 })
	w.link(d, clinic)
}

func TestLoginsThatAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		fault wasim.Fault
		cause domain.Cause
	}{
		"unlinked":     {wasim.Fault{Code: 401}, domain.CauseUnlinked},
		"banned for":   {wasim.Fault{Code: 402, BanCode: 101, Expire: time.Hour}, domain.CauseTemporarilyBanned},
		"phone gone":   {wasim.Fault{Code: 403}, domain.CauseUnlinked},
		"outdated":     {wasim.Fault{Code: 405}, domain.CauseClientOutdated},
		"banned":       {wasim.Fault{Code: 406}, domain.CauseBanned},
		"not known":    {wasim.Fault{Code: 409}, domain.CauseConnectRefused},
		"server error": {wasim.Fault{Code: 503, Count: 2}, domain.CauseOnline},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			d := w.newDevice(w.sub)
			clinic := w.phone("+34600000013", "Clinic")
			w.link(d, clinic)
			tc.fault.Kind = wasim.FaultLoginFailure
			require.NoError(t, w.sim.Inject(tc.fault))
			clinic.DropConnections()
			if tc.cause == domain.CauseOnline {
				w.awaitCause(d, domain.CauseServerUnreachable)
			}
			w.awaitCause(d, tc.cause)
			if tc.cause == domain.CauseTemporarilyBanned {
				until := w.stored(d).State.Detail.Until
				require.WithinDuration(t, time.Now().Add(time.Hour), until, time.Minute)
			}
		})
	}
}

func TestConnectionThatIsCutWhileLinking(t *testing.T) {
	for stage, tc := range map[wasim.PairingStage]struct {
		step  domain.PairingKind
		cause domain.Cause
	}{
		wasim.PairingScan:   {domain.PairingFailed, domain.CauseLinkFailed},
		wasim.PairingSign:   {domain.PairingFailed, domain.CauseUnlinked},
		wasim.PairingLinked: {domain.PairingLinked, domain.CauseOnline},
	} {
		t.Run(string(stage), func(t *testing.T) {
			w := newWorkspace(t)
			d := w.newDevice(w.sub)
			clinic := w.phone("+34600000013", "Clinic")
			require.NoError(t, w.sim.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: stage, Count: 1}))
			_, _ = clinic.Scan(t.Context(), w.dialog(d)) // how the phone sees it is the simulator's affair
			step := w.awaitStep(tc.step)
			w.awaitCause(d, tc.cause)
			if tc.step == domain.PairingFailed {
				require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(step.Err))
				w.eventually("the session's end", func() bool { return len(w.sessionFiles()) == 0 })
				clinic.UnlinkAll()
				w.link(d, clinic)
			}
		})
	}
}

func TestPhoneThatUnlinksAtOnce(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	code := w.dialog(d)
	go func() {
		_ = w.sim.WaitFor(t.Context(), func() bool { return len(clinic.LinkedDevices()) > 0 })
		clinic.UnlinkAll()
	}()
	_, _ = clinic.Scan(t.Context(), code) // linked for a moment, or not at all
	w.eventually("an end", func() bool { return w.lastStep().Kind.Ended() })
	w.eventually("a device that says so", func() bool {
		cause := w.stored(d).State.Cause
		return cause == domain.CauseUnlinked || cause == domain.CauseLinkFailed
	})
	w.eventually("the session's end", func() bool { return len(w.sessionFiles()) == 0 })
}

func TestRestartConnectsAgain(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic, ana := w.phone("+34600000013", "Clinic"), w.phone("+34600000027", "Ana")
	w.link(d, clinic)
	w.stop()
	_, err := ana.SendText(t.Context(), clinic.Number(), "meanwhile")
	require.NoError(t, err)
	w.run()
	w.eventually("what was written meanwhile", func() bool { return len(w.texts()) == 1 })
	w.awaitCause(d, domain.CauseOnline)
}

func TestManyDevicesComeBackTogether(t *testing.T) {
	w := newWorkspace(t)
	var devices []domain.Device
	for i := range 10 {
		d := w.newDevice(w.sub)
		w.link(d, w.phone(fmt.Sprintf("+346000001%02d", i), "Clinic"))
		devices = append(devices, d)
	}
	require.NoError(t, w.sim.Stop())
	for _, d := range devices {
		w.awaitCause(d, domain.CauseServerUnreachable)
	}
	require.NoError(t, w.sim.Start(true))
	require.NoError(t, w.pool.TryNow(devices[0].Ref.Device))
	for _, d := range devices {
		w.awaitCause(d, domain.CauseOnline)
	}
}

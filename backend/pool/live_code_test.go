package pool_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// codeFor asks for the code that is typed into a phone, and returns it.
func (w *workspace) codeFor(d domain.Device, p *wasim.Phone) string {
	w.Helper()
	number := p.Number()[1:]
	w.eventually("a dialog", func() bool { return w.pool.RenewPairing(w.Context(), d, number) == nil })
	return w.awaitStep(domain.PairingCode).Code
}

func TestLinkByCodeAndRelinkByCode(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	_, err := clinic.EnterCode(t.Context(), "1234-5678")
	require.ErrorIs(t, err, wasim.ErrCodeExpired, "nothing was asked for")

	code := w.codeFor(d, clinic)
	require.Regexp(t, `^[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}$`, code)
	requests := clinic.LinkRequests()
	require.Len(t, requests, 1)
	require.True(t, requests[0].Prompt, "the phone shows where to type it")
	_, err = clinic.EnterCode(t.Context(), "2222-2222")
	require.ErrorIs(t, err, wasim.ErrWrongCode)
	require.Equal(t, domain.PairingCode, w.lastStep().Kind, "a slip costs nothing: the same code can be typed again")
	result, err := clinic.EnterCode(t.Context(), code)
	require.NoError(t, err)
	require.True(t, result.Linked, result.RefusedText)
	w.awaitCause(d, domain.CauseOnline)
	require.Equal(t, clinic.Number()[1:], w.stored(d).Account.Number)
	w.eventually("what the phone tells a new device", func() bool { return w.greeted(clinic, result.Device) })

	clinic.UnlinkAll()
	w.awaitCause(d, domain.CauseUnlinked)
	result, err = clinic.EnterCode(t.Context(), w.codeFor(d, clinic))
	require.NoError(t, err)
	require.True(t, result.Linked, result.RefusedText)
	w.awaitCause(d, domain.CauseOnline)
	require.Equal(t, 1, w.stored(d).Slot)
	w.eventually("what the phone tells a new device", func() bool { return w.greeted(clinic, result.Device) })
}

func TestWhatsAppIsNeverAskedForACodeOfANumberThatIsLinked(t *testing.T) {
	w := newWorkspace(t)
	first, second := w.newDevice(w.sub), w.newDevice(w.subaccount("Bakery", "B"))
	clinic, other := w.phone("+34600000013", "Clinic"), w.phone("+34600000014", "Private")
	w.link(first, clinic)

	require.NoError(t, w.pool.RenewPairing(t.Context(), second, clinic.Number()[1:]))
	step := w.awaitStep(domain.PairingRefused)
	require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
	require.Equal(t, first.Ref, step.Holder.Ref)
	w.awaitCause(second, domain.CauseNeverLinked)

	clinic.UnlinkAll()
	w.awaitCause(first, domain.CauseUnlinked)
	require.NoError(t, w.pool.RenewPairing(t.Context(), first, other.Number()[1:]))
	w.eventually("the refusal", func() bool {
		step = w.lastStep()
		return step.Ref == first.Ref && step.Kind == domain.PairingRefused
	})
	require.Equal(t, domain.CodeWrongNumber, domain.CodeOf(step.Err))
	require.Equal(t, "34600000014", step.Asked)
	require.Equal(t, "34600000013", step.Holder.Number)

	require.NotContains(t, w.sim.Transcript(), "is asked for a code", "the simulator would have written it down")
	require.Empty(t, clinic.LinkRequests())
	require.Empty(t, other.LinkRequests())
}

func TestCodeThatTheServerRefuses(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	require.NoError(t, w.sim.Inject(wasim.Fault{Kind: wasim.FaultRefuseCode, Code: 429, Count: 1}))
	require.NoError(t, w.pool.RenewPairing(t.Context(), d, clinic.Number()[1:]))
	step := w.awaitStep(domain.PairingFailed)
	var coded *domain.Error
	require.ErrorAs(t, step.Err, &coded)
	require.Equal(t, "code_limited", coded.Detail["reason"])
	w.codeFor(d, clinic)
}

func TestPasskeyThatIsDemanded(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	clinic.SetRequiresPasskey(true)
	scanned := make(chan struct{})
	code := w.dialog(d)
	go func() {
		defer close(scanned)
		_, _ = clinic.Scan(t.Context(), code)
	}()
	w.awaitStep(domain.PairingPasskey)
	w.awaitCause(d, domain.CausePasskeyRequired)
	clinic.SetRequiresPasskey(false)
	require.NoError(t, w.pool.RenewPairing(t.Context(), d, ""))
	result, err := clinic.Scan(t.Context(), w.awaitStep(domain.PairingShowing).Code)
	require.NoError(t, err)
	require.True(t, result.Linked, result.RefusedText)
	w.awaitCause(d, domain.CauseOnline)
	w.eventually("what the phone tells a new device", func() bool { return w.greeted(clinic, result.Device) })
	<-scanned
}

func TestFifthCompanionLeavesTheDialogAsItWas(t *testing.T) {
	w := newWorkspace(t)
	d := w.newDevice(w.sub)
	clinic := w.phone("+34600000013", "Clinic")
	for range 4 {
		_, err := clinic.AddComputer("Chrome (Linux)")
		require.NoError(t, err)
	}
	_, err := clinic.Scan(t.Context(), w.dialog(d))
	require.ErrorIs(t, err, wasim.ErrTooManyDevices)
	require.Equal(t, domain.PairingShowing, w.lastStep().Kind, "only the phone says why: WhatsApp tells us nothing")
	_, err = clinic.EnterCode(t.Context(), w.codeFor(d, clinic))
	require.ErrorIs(t, err, wasim.ErrTooManyDevices)
	require.Equal(t, domain.PairingCode, w.lastStep().Kind)
}

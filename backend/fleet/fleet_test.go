package fleet_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/fleet"
	"waflow/backend/store"
)

// pool records what it was asked to do, and pairs as it is told.
type pool struct {
	mu      sync.Mutex
	did     []string
	step    *domain.PairingStep
	pairErr error
	after   *domain.PairingStep // where the pairing stands once Pair was called
	fail    error

	unlinkErr error
	unlinking func() // while the phone is told
}

func (p *pool) note(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.did = append(p.did, what)
	return p.fail
}

func (p *pool) Add(domain.Device, string) { _ = p.note("add") }
func (p *pool) Remove(ctx context.Context, _ domain.DeviceID) error {
	return errors.Join(p.note("remove"), ctx.Err())
}
func (p *pool) Discard(files []string)         { _ = p.note("discard " + strings.Join(files, " ")) }
func (p *pool) CancelPairing(domain.DeviceID)  { _ = p.note("cancel") }
func (p *pool) TryNow(domain.DeviceID) error   { return p.note("try now") }
func (p *pool) Pause(domain.DeviceID) error    { return p.note("pause") }
func (p *pool) Resume(domain.DeviceID) error   { return p.note("resume") }
func (p *pool) TakeBack(domain.DeviceID) error { return p.note("take back") }
func (p *pool) CheckNow(domain.DeviceID) error { return p.note("check now") }
func (p *pool) Unlink(context.Context, domain.DeviceID) error {
	if p.unlinking != nil {
		p.unlinking()
	}
	return errors.Join(p.note("unlink"), p.unlinkErr)
}

func (p *pool) Pair(context.Context, domain.Device) error {
	_ = p.note("pair")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.after != nil {
		p.step = p.after
	}
	return p.pairErr
}

func (p *pool) RenewPairing(ctx context.Context, d domain.Device, number string) error {
	_ = p.note("renew " + number)
	return p.Pair(ctx, d)
}

func (p *pool) PairingOf(domain.DeviceID) (domain.PairingStep, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.step == nil {
		return domain.PairingStep{}, false
	}
	return *p.step, true
}

type world struct {
	*fleet.Fleet
	store *store.Store
	pool  *pool
	feed  *events.Subscription
}

func newWorld(t *testing.T) world {
	t.Helper()
	var f *fleet.Fleet
	opened, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Committed: func(c domain.Changed) {
		f.ShowDevices(c.Devices)
		f.HideDevices(c.DevicesGone)
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	bus := events.NewBus(events.Limits{Frame: time.Nanosecond})
	p := &pool{}
	f = fleet.New(opened, p, bus, func(domain.Subaccount) {})
	return world{Fleet: f, store: opened, pool: p, feed: bus.Subscribe(t.Context())}
}

// published returns what was published since the last time.
func (w world) published(t *testing.T) []events.Change {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	b, err := w.feed.Next(ctx)
	require.NoError(t, err)
	return b.Changes
}

func deviceIn(t *testing.T, c events.Change) domain.Device {
	t.Helper()
	d, ok := c.Value.(domain.Device)
	require.True(t, ok)
	return d
}

func (w world) device(t *testing.T, subaccount, label string) domain.Device {
	t.Helper()
	s, err := w.CreateSubaccount(t.Context(), subaccount)
	require.NoError(t, err)
	d, err := w.CreateDevice(t.Context(), s.ID, label, domain.PurposeSales)
	require.NoError(t, err)
	w.published(t)
	return d
}

// link confirms a link of the device to a number.
func (w world) link(t *testing.T, d domain.Device, number string) domain.Device {
	t.Helper()
	link, err := w.store.OpenLink(t.Context(), d.Ref)
	require.NoError(t, err)
	account := domain.Account{Number: number, LID: "9" + number}
	require.NoError(t, w.store.ClaimNumber(t.Context(), link.ID, account))
	d, _, err = w.store.ConfirmLink(t.Context(), link.ID, account)
	require.NoError(t, err)
	return d
}

func TestSubaccountsGetInitialsAndColoursOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	first, err := w.CreateSubaccount(t.Context(), "  Hotel   Miramar ")
	require.NoError(t, err)
	require.Equal(t, "Hotel Miramar", first.Name)
	require.Equal(t, "HM", first.Initials)
	require.Equal(t, domain.Colours()[0], first.Colour)
	require.Equal(t, []events.Change{events.Subaccount(first)}, w.published(t))

	second, err := w.CreateSubaccount(t.Context(), "Hostal Marina")
	require.NoError(t, err)
	require.NotEqual(t, first.Initials, second.Initials)
	require.Equal(t, domain.Colours()[1], second.Colour)
}

func TestNameInUseIsRefusedWithoutCase(t *testing.T) {
	w := newWorld(t)
	s, err := w.CreateSubaccount(t.Context(), "Straße 9")
	require.NoError(t, err)
	_, err = w.CreateSubaccount(t.Context(), "STRASSE 9")
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	_, err = w.CreateSubaccount(t.Context(), "")
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))

	renamed, err := w.RenameSubaccount(t.Context(), s.ID, "STRASSE 9")
	require.NoError(t, err, "its own name is not another's")
	require.Equal(t, "STRASSE 9", renamed.Name)
	_, err = w.RenameSubaccount(t.Context(), 999, "Nobody")
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestSubaccountsCreatedAtOnceDiffer(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	failures := make(chan error, 40)
	for i := range 40 {
		all.Go(func() {
			name := []string{"Bar Sol", "Bar Luna", "bar sol", "BAR LUNA"}[i%4] + string(rune('a'+i/4))
			if _, err := w.CreateSubaccount(t.Context(), name); err != nil {
				failures <- err
			}
		})
	}
	all.Wait()
	require.Len(t, failures, 20, "of each pair that differs by case, one")
	snapshot, err := w.Snapshot(t.Context())
	require.NoError(t, err)
	require.Len(t, snapshot.Subaccounts, 20)
	initials := map[string]bool{}
	for _, s := range snapshot.Subaccounts {
		initials[s.Initials] = true
	}
	require.Len(t, initials, 20)
}

func TestNewDeviceWaitsForItsFirstLink(t *testing.T) {
	w := newWorld(t)
	s, err := w.CreateSubaccount(t.Context(), "Hotel Miramar")
	require.NoError(t, err)
	w.published(t)
	d, err := w.CreateDevice(t.Context(), s.ID, " Reception ", domain.PurposeSupport)
	require.NoError(t, err)
	require.Equal(t, "Reception", d.Label)
	require.Equal(t, domain.PriorityMedium, d.Priority)
	require.Equal(t, domain.CauseNeverLinked, d.State.Cause)
	require.Zero(t, d.Slot)
	require.Equal(t, []string{"add"}, w.pool.did)
	require.Equal(t, []events.Change{events.Device(d)}, w.published(t))

	history, err := w.History(t.Context(), d.Ref.Device, 50)
	require.NoError(t, err)
	require.Len(t, history, 1)

	_, err = w.CreateDevice(t.Context(), s.ID, "", domain.PurposeSupport)
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.CreateDevice(t.Context(), s.ID, "x", "fun")
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.CreateDevice(t.Context(), 999, "x", domain.PurposeSales)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestFavouriteMovesAndBothDevicesAreTold(t *testing.T) {
	w := newWorld(t)
	first := w.device(t, "Hotel Miramar", "Reception")
	second, err := w.CreateDevice(t.Context(), first.Ref.Subaccount, "Sales", domain.PurposeSales)
	require.NoError(t, err)
	yes := true
	_, err = w.UpdateDevice(t.Context(), first.Ref.Device, domain.DevicePatch{Favorite: &yes})
	require.NoError(t, err)
	w.published(t)

	got, err := w.UpdateDevice(t.Context(), second.Ref.Device, domain.DevicePatch{Favorite: &yes})
	require.NoError(t, err)
	require.True(t, got.Favorite)
	told := map[int64]bool{}
	for _, c := range w.published(t) {
		told[c.ID] = deviceIn(t, c).Favorite
	}
	require.Equal(t, map[int64]bool{int64(first.Ref.Device): false, int64(second.Ref.Device): true}, told)
}

func TestDeviceUpdatesAreChecked(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	label, purpose, priority := " Front  desk ", domain.PurposeOther, domain.PriorityHigh
	got, err := w.UpdateDevice(t.Context(), d.Ref.Device, domain.DevicePatch{Label: &label, Purpose: &purpose, Priority: &priority})
	require.NoError(t, err)
	require.Equal(t, "Front desk", got.Label)
	require.Equal(t, domain.PurposeOther, got.Purpose)
	require.Equal(t, domain.PriorityHigh, got.Priority)

	bad, none, wrong := "a\nb", domain.Purpose(""), domain.Priority("highest")
	for _, patch := range []domain.DevicePatch{{Label: &bad}, {Purpose: &none}, {Priority: &wrong}} {
		_, err := w.UpdateDevice(t.Context(), d.Ref.Device, patch)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	}
	paused := true
	got, err = w.UpdateDevice(t.Context(), d.Ref.Device, domain.DevicePatch{Paused: &paused})
	require.NoError(t, err)
	require.False(t, got.Paused, "pausing is an operation of its own")
	_, err = w.UpdateDevice(t.Context(), 999, domain.DevicePatch{Label: &label})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestPauseIsWrittenDownBeforeThePoolActs(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	w.pool.fail = errors.New("no supervisor")
	require.Error(t, w.Pause(t.Context(), d.Ref.Device))
	kept, err := w.store.Device(t.Context(), d.Ref.Device)
	require.NoError(t, err)
	require.True(t, kept.Paused, "a restart does what was asked")

	w.pool.fail = nil
	require.NoError(t, w.Resume(t.Context(), d.Ref.Device))
	kept, err = w.store.Device(t.Context(), d.Ref.Device)
	require.NoError(t, err)
	require.False(t, kept.Paused)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(w.Pause(t.Context(), 999)))
}

func TestRecordedStateIsHistoryAndIsPublished(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	at := time.UnixMilli(1_900_000_000_000)
	change := domain.StateChange{
		Ref: d.Ref, At: at, From: d.State,
		To: domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown, Since: at, Detail: domain.StateDetail{Try: 1}},
	}
	require.NoError(t, w.Record(t.Context(), change))
	told := w.published(t)
	require.Len(t, told, 1)
	require.Equal(t, domain.CauseNetworkDown, deviceIn(t, told[0]).State.Cause)
	history, err := w.History(t.Context(), d.Ref.Device, 1)
	require.NoError(t, err)
	require.Equal(t, domain.CauseNetworkDown, history[0].To.Cause)
	require.Equal(t, domain.CauseNeverLinked, history[0].From.Cause)
}

func TestDetailStaysUntilTheNextRowOfHistory(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	at := time.UnixMilli(1_900_000_000_000)
	down := domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown, Since: at}
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: at, From: d.State, To: down}))
	w.published(t)

	waiting := down
	waiting.Detail = domain.StateDetail{Try: 3, NextTry: at.Add(time.Minute)}
	w.ShowDetail(d.Ref, waiting)
	require.Equal(t, waiting.Detail, deviceIn(t, w.published(t)[0]).State.Detail)

	label := "Front desk"
	got, err := w.UpdateDevice(t.Context(), d.Ref.Device, domain.DevicePatch{Label: &label})
	require.NoError(t, err)
	require.Equal(t, 3, got.State.Detail.Try, "an unrelated change keeps it")
	snapshot, err := w.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, snapshot.Devices[0].State.Detail.Try)

	up := domain.DeviceState{Status: domain.StatusConnected, Cause: domain.CauseOnline, Since: at.Add(time.Hour)}
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: up.Since, From: down, To: up}))
	snapshot, err = w.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, domain.StateDetail{}, snapshot.Devices[0].State.Detail)
}

// A state that the disk does not take is shown all the same: that the disk refuses is one of them.
func TestWhatTheDiskDoesNotTakeIsShown(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	at := time.UnixMilli(1_900_000_000_000).UTC()
	up := domain.DeviceState{Status: domain.StatusConnected, Cause: domain.CauseOnline, Since: at}
	full := domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseStorageFailed, Since: at.Add(time.Hour)}
	again := domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseConnecting, Since: at.Add(2 * time.Hour)}
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: at, From: d.State, To: up}))
	shown := func() domain.DeviceState {
		snapshot, err := w.Snapshot(t.Context())
		require.NoError(t, err)
		return snapshot.Devices[0].State
	}
	w.published(t)

	w.ShowUnwritten(d.Ref, full)
	require.Equal(t, full, deviceIn(t, w.published(t)[0]).State)
	require.Equal(t, full, shown())
	w.ShowUnwritten(d.Ref, again)
	trying := again
	trying.Detail.Try = 2
	w.ShowDetail(d.Ref, trying)
	require.Equal(t, trying, shown())

	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: full.Since, From: up, To: full}))
	require.Equal(t, trying, shown(), "what waited before it is older")
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: again.Since, From: full, To: again}))
	require.Equal(t, trying, shown())
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: at, From: again, To: up}))
	require.Equal(t, up, shown())

	w.ShowUnwritten(d.Ref, full)
	later := again
	later.Since = full.Since.Add(time.Hour)
	require.NoError(t, w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: later.Since, From: full, To: later}))
	require.Equal(t, later, shown(), "a row that is never written is not shown for ever")
}

func TestStartingAPairing(t *testing.T) {
	showing := domain.PairingStep{Kind: domain.PairingShowing, Link: 8, Code: "qr"}
	usedUp := domain.PairingStep{Kind: domain.PairingUsedUp, Link: 7}
	failedAgain := domain.PairingStep{Kind: domain.PairingFailed, Link: 8}
	tests := map[string]struct {
		before, after *domain.PairingStep
		err           error
		want          domain.PairingKind
		pairs         bool
	}{
		"the first":                  {nil, &showing, nil, domain.PairingShowing, true},
		"before its first step":      {nil, nil, nil, domain.PairingWaiting, true},
		"one goes on: joins it":      {&showing, nil, nil, domain.PairingShowing, false},
		"after the codes ran out":    {&usedUp, &showing, nil, domain.PairingShowing, true},
		"the old end is no answer":   {&usedUp, nil, nil, domain.PairingWaiting, true},
		"it ended at once":           {&usedUp, &failedAgain, nil, domain.PairingFailed, true},
		"another dialog was quicker": {nil, &showing, &domain.Error{Code: domain.CodeLinkBusy}, domain.PairingShowing, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.device(t, "Hotel Miramar", "Reception")
			w.pool.step, w.pool.after, w.pool.pairErr, w.pool.did = tt.before, tt.after, tt.err, nil
			step, err := w.StartPairing(t.Context(), d.Ref.Device)
			require.NoError(t, err)
			require.Equal(t, tt.want, step.Kind)
			require.Equal(t, tt.pairs, len(w.pool.did) == 1)
		})
	}
}

func TestACodeToTypeIsShownForTheNumberOfTheDeviceOrOneThatIsNamed(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	_, err := w.ShowPairingCode(t.Context(), d.Ref.Device, "")
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "it has none")
	_, err = w.ShowPairingCode(t.Context(), 999, "34600000013")
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	w.pool.did = nil
	w.pool.after = &domain.PairingStep{Kind: domain.PairingCode, Link: 8, Code: "K7QP-3MTX", Asked: "34600000013"}
	step, err := w.ShowPairingCode(t.Context(), d.Ref.Device, "34600000013")
	require.NoError(t, err)
	require.Equal(t, *w.pool.after, step)
	require.Equal(t, []string{"renew 34600000013", "pair"}, w.pool.did)
	w.pool.did, w.pool.after, w.pool.pairErr = nil, nil, &domain.Error{Code: domain.CodeLinkBusy}
	step, err = w.RenewPairing(t.Context(), d.Ref.Device)
	require.NoError(t, err, "what goes on is the answer")
	require.Equal(t, domain.PairingCode, step.Kind)
	require.Equal(t, []string{"renew ", "pair"}, w.pool.did)
}

func TestPairingThatIsNone(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	step, err := w.Pairing(t.Context(), d.Ref.Device)
	require.NoError(t, err)
	require.Equal(t, domain.PairingCancelled, step.Kind)
	_, err = w.Pairing(t.Context(), 999)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	_, err = w.StartPairing(t.Context(), 999)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	w.pool.pairErr = &domain.Error{Code: domain.CodeStorageFailed}
	_, err = w.StartPairing(t.Context(), d.Ref.Device)
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(err))
}

func TestPairingStepsArePublishedAndInTheSnapshotWhileTheyGoOn(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	step := domain.PairingStep{Ref: d.Ref, Kind: domain.PairingShowing, Code: "qr", N: 1, Total: 6}
	w.ShowPairing(step)
	require.Equal(t, []events.Change{events.Pairing(step)}, w.published(t))

	w.pool.step = &step
	snapshot, err := w.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, []domain.PairingStep{step}, snapshot.Pairings)

	step.Kind = domain.PairingLinked
	w.pool.step = &step
	snapshot, err = w.Snapshot(t.Context())
	require.NoError(t, err)
	require.Empty(t, snapshot.Pairings)
}

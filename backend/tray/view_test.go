package tray

import (
	"bytes"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// spelled writes a message as its key and its values.
type spelled struct{}

func (spelled) Say(key string, values ...string) string {
	parts := []string{strings.TrimPrefix(key, "tray_")}
	for i := 1; i < len(values); i += 2 {
		parts = append(parts, values[i])
	}
	return strings.Join(parts, "|")
}

func (s spelled) Count(key string, count int) string { return s.Say(key, "count", strconv.Itoa(count)) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func device(id domain.DeviceID, cause domain.Cause) domain.Device {
	return domain.Device{
		Ref: domain.DeviceRef{Subaccount: 1, Device: id}, Slot: int(id), Label: "Desk",
		State: domain.DeviceState{Status: cause.Status(), Cause: cause, Since: noon.Add(-time.Duration(id) * time.Minute)},
	}
}

func TestFaceAndSummary(t *testing.T) {
	online, off, paused := domain.CauseOnline, domain.CauseNetworkDown, domain.CausePaused
	cases := map[string]struct {
		causes  []domain.Cause
		face    domain.Status
		summary string
	}{
		"nothing":                        {nil, Quiet, "no_devices"},
		"all are fine":                   {[]domain.Cause{online, online}, domain.StatusConnected, "all_connected|2"},
		"all are paused":                 {[]domain.Cause{paused, paused}, Quiet, "count_quiet|2"},
		"a paused one is no trouble":     {[]domain.Cause{paused, online}, domain.StatusConnected, "count_connected|1, count_quiet|1"},
		"one is offline":                 {[]domain.Cause{online, off}, domain.StatusOffline, "count_offline|1, count_connected|1"},
		"one is being linked":            {[]domain.Cause{online, domain.CauseShowingQR}, domain.StatusPending, "count_pending|1, count_connected|1"},
		"offline is worse than pending":  {[]domain.Cause{domain.CauseFirstSync, off}, domain.StatusOffline, "count_offline|1, count_pending|1"},
		"attention is the worst":         {[]domain.Cause{off, domain.CauseUnlinked, online}, domain.StatusAttention, "count_attention|1, count_offline|1, count_connected|1"},
		"an unknown cause is the worst":  {[]domain.Cause{online, "new"}, domain.StatusAttention, "count_attention|1, count_connected|1"},
		"nobody paused what is starting": {[]domain.Cause{domain.CauseAppStarting, paused}, domain.StatusOffline, "count_offline|1, count_quiet|1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := Fleet{Program: "Waflow", Now: noon}
			for i, cause := range tc.causes {
				f.Devices = append(f.Devices, device(domain.DeviceID(i+1), cause))
			}
			v := Show(f, spelled{})
			require.Equal(t, tc.face, v.Face)
			require.Equal(t, "tooltip|Waflow|"+tc.summary, v.Tooltip)
			require.Equal(t, Entry{ID: idSummary, Label: tc.summary}, v.Menu[1][0])
		})
	}
}

func TestMenuNamesWhatNeedsSomethingWorstAndLongestFirst(t *testing.T) {
	f := Fleet{Program: "Waflow", Now: noon, Devices: []domain.Device{
		device(1, domain.CauseNetworkDown), device(2, domain.CauseBanned), device(3, domain.CauseOnline),
		device(4, domain.CausePaused), device(5, domain.CauseUnlinked), device(6, domain.CauseShowingQR),
	}}
	v := Show(f, spelled{})
	var labels []string
	for _, e := range v.Menu[1][1:] {
		require.Equal(t, DeedOpen, e.Deed)
		labels = append(labels, e.Label)
	}
	require.Equal(t, []string{
		"device|Desk ·5|cause_unlinked_from_phone_title", "device|Desk ·2|cause_banned_title", "device|Desk ·1|cause_network_down_title",
	}, labels)
	chosen, known := v.Find(v.Menu[1][1].ID)
	require.True(t, known)
	require.Equal(t, domain.DeviceID(5), chosen.Device.Device)
	_, known = v.Find(12345)
	require.False(t, known)

	for id := range domain.DeviceID(4) {
		f.Devices = append(f.Devices, device(10+id, domain.CauseDeaf))
	}
	v = Show(f, spelled{})
	require.Len(t, v.Menu[1], 1+devicesNamed+1)
	require.Equal(t, Entry{ID: idMore, Label: "more|2", Deed: DeedOpen}, v.Menu[1][1+devicesNamed])
}

func TestNamesFitAndNameTheClientWhereThereAreSeveral(t *testing.T) {
	d := device(1, domain.CauseUnlinked)
	d.Label = "  A\nlabel " + strings.Repeat("é", 60)
	clients := []domain.Subaccount{{ID: 1, Name: "Bella Lua"}, {ID: 2, Name: "Other"}}
	label := func(d domain.Device, clients []domain.Subaccount) string {
		return Show(Fleet{Devices: []domain.Device{d}, Subaccounts: clients, Now: noon}, spelled{}).Menu[1][1].Label
	}
	require.Equal(t, "device|Bella Lua · A label "+strings.Repeat("é", 23)+"… ·1|cause_unlinked_from_phone_title", label(d, clients))
	d.Label, d.Slot = "", 0
	require.Equal(t, "device|shell_unknown_device|cause_unlinked_from_phone_title", label(d, clients[:1]))
}

func TestNotificationsArePausedOrResumed(t *testing.T) {
	entry := func(until time.Time) Entry {
		return Show(Fleet{Now: noon.In(time.FixedZone("", 3600)), PausedUntil: until}, spelled{}).Menu[2][0]
	}
	require.Equal(t, Entry{ID: idPause, Label: "pause", Deed: DeedPause}, entry(time.Time{}))
	require.Equal(t, Entry{ID: idPause, Label: "pause", Deed: DeedPause}, entry(noon))
	require.Equal(t, Entry{ID: idResume, Label: "resume|13:30", Deed: DeedResume}, entry(noon.Add(30*time.Minute)))
}

func TestClosing(t *testing.T) {
	cases := map[string]struct {
		moment Moment
		want   Closing
	}{
		"the tray brings it back":                  {Moment{Tray: true}, ClosingHides},
		"minimised, with a tray":                   {Moment{Tray: true, Minimised: true}, ClosingHides},
		"no tray: the task bar brings it back":     {Moment{}, ClosingMinimises},
		"no tray, closed from the task bar":        {Moment{Minimised: true}, ClosingQuits},
		"the person wants it to quit":              {Moment{Quits: true, Tray: true}, ClosingQuits},
		"the person wants it to quit, and no tray": {Moment{Quits: true}, ClosingQuits},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, Close(tc.moment)) })
	}
}

func TestEveryFaceHasItsOwnPictures(t *testing.T) {
	seen := map[string]domain.Status{}
	for _, face := range append(domain.Statuses(), Quiet) {
		pictures := PNG(face)
		require.Len(t, pictures, 6)
		for i, want := range []int{16, 22, 24, 32, 48, 64} {
			picture, err := png.Decode(bytes.NewReader(pictures[i]))
			require.NoError(t, err)
			require.Equal(t, want, picture.Bounds().Dx())
			require.Empty(t, seen[string(pictures[i])])
			seen[string(pictures[i])] = face
		}
		require.True(t, bytes.HasPrefix(ICO(face), []byte{0, 0, 1, 0}))
	}
}

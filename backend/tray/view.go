package tray

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"waflow/backend/domain"
)

// Fleet is what the icon tells about.
type Fleet struct {
	Devices     []domain.Device
	Subaccounts []domain.Subaccount
	Program     string    // what people call it
	PausedUntil time.Time // until when a person holds notifications back
	Now         time.Time // in the time zone of who reads
}

// Words are the interface's messages.
type Words interface {
	// Say is the message of a key; values come as name, value, name, value.
	Say(key string, values ...string) string
	// Count is the message of a key for a number, which it holds as {count}.
	Count(key string, count int) string
}

// Quiet is the face of a fleet in which nothing is to be connected: it has no device, or a person paused every one.
const Quiet domain.Status = "quiet"

// View is what the icon shows.
type View struct {
	Face    domain.Status // the worst of the devices that nobody paused, or Quiet
	Tooltip string
	Menu    [][]Entry // groups, each with at least one entry
}

// Deed is what a line of the menu does.
type Deed string

// The deeds.
const (
	DeedOpen   Deed = "open"   // shows the window, at Device if that is not zero
	DeedPause  Deed = "pause"  // holds notifications back for an hour
	DeedResume Deed = "resume" // lets them through again
	DeedQuit   Deed = "quit"
	DeedNone   Deed = "" // a line to read
)

// Entry is a line of the menu.
type Entry struct {
	ID     int32 // from 1 on; the same line has the same id in each menu
	Label  string
	Deed   Deed
	Device domain.DeviceRef
}

// The ids of lines; those of devices follow.
const (
	idOpen = 1 + iota
	idSummary
	idMore
	idPause
	idResume
	idQuit
	idDevices = 100
)

const (
	// devicesNamed is how many devices the menu names.
	devicesNamed = 5
	// nameLength is how much of a name fits into a menu, in characters.
	nameLength = 32
)

// Show returns what the icon shows about a fleet.
func Show(f Fleet, words Words) View {
	summary := summaryOf(f.Devices, words)
	return View{
		Face:    faceOf(f.Devices),
		Tooltip: words.Say("tray_tooltip", "program", f.Program, "summary", summary),
		Menu: [][]Entry{
			{{ID: idOpen, Label: words.Say("tray_open", "program", f.Program), Deed: DeedOpen}},
			append([]Entry{{ID: idSummary, Label: summary}}, needy(f, words)...),
			{notifications(f, words)},
			{{ID: idQuit, Label: words.Say("tray_quit", "program", f.Program), Deed: DeedQuit}},
		},
	}
}

// faceOf is the worst status of the devices that are to be connected.
func faceOf(devices []domain.Device) domain.Status {
	for _, status := range domain.Statuses() {
		if slices.ContainsFunc(devices, func(d domain.Device) bool { return !paused(d) && statusOf(d) == status }) {
			return status
		}
	}
	return Quiet
}

func paused(d domain.Device) bool { return d.State.Cause == domain.CausePaused }

// statusOf is a device's status; one that is not known counts as the worst, so that it is seen.
func statusOf(d domain.Device) domain.Status {
	if !slices.Contains(domain.Statuses(), d.State.Status) {
		return domain.StatusAttention
	}
	return d.State.Status
}

// summaryOf counts the devices by status, worst first.
func summaryOf(devices []domain.Device, words Words) string {
	if len(devices) == 0 {
		return words.Say("tray_no_devices")
	}
	counts := map[domain.Status]int{}
	for _, d := range devices {
		if paused(d) {
			counts[Quiet]++
		} else {
			counts[statusOf(d)]++
		}
	}
	if counts[domain.StatusConnected] == len(devices) {
		return words.Count("tray_all_connected", len(devices))
	}
	var parts []string
	for _, status := range append(domain.Statuses(), Quiet) {
		if counts[status] > 0 {
			parts = append(parts, words.Count("tray_count_"+string(status), counts[status]))
		}
	}
	return strings.Join(parts, ", ")
}

// needy names the devices that require attention and those that are offline, the longest first.
func needy(f Fleet, words Words) []Entry {
	var devices []domain.Device
	for _, d := range f.Devices {
		if !paused(d) && (statusOf(d) == domain.StatusAttention || statusOf(d) == domain.StatusOffline) {
			devices = append(devices, d)
		}
	}
	slices.SortStableFunc(devices, func(a, b domain.Device) int {
		return cmp.Or(
			cmp.Compare(slices.Index(domain.Statuses(), statusOf(a)), slices.Index(domain.Statuses(), statusOf(b))),
			a.State.Since.Compare(b.State.Since),
		)
	})
	var out []Entry
	for _, d := range devices[:min(len(devices), devicesNamed)] {
		out = append(out, Entry{
			ID: idDevices + int32(d.Ref.Device%900_000), Deed: DeedOpen, Device: d.Ref,
			Label: words.Say("tray_device", "device", nameOf(d, f.Subaccounts, words), "cause", words.Say("cause_"+string(d.State.Cause)+"_title")),
		})
	}
	if more := len(devices) - devicesNamed; more > 0 {
		out = append(out, Entry{ID: idMore, Label: words.Count("tray_more", more), Deed: DeedOpen})
	}
	return out
}

// nameOf is a device with its client, as far as there are several.
func nameOf(d domain.Device, subaccounts []domain.Subaccount, words Words) string {
	name := cut(d.Label)
	if name == "" {
		name = words.Say("shell_unknown_device")
	}
	if d.Slot > 0 {
		name += " ·" + strconv.Itoa(d.Slot)
	}
	if len(subaccounts) < 2 {
		return name
	}
	for _, s := range subaccounts {
		if s.ID == d.Ref.Subaccount {
			return cut(s.Name) + " · " + name
		}
	}
	return name
}

// cut shortens a name to what fits into a menu.
func cut(name string) string {
	letters := []rune(strings.Join(strings.Fields(name), " "))
	if len(letters) <= nameLength {
		return string(letters)
	}
	return string(letters[:nameLength-1]) + "…"
}

func notifications(f Fleet, words Words) Entry {
	if f.PausedUntil.After(f.Now) {
		until := f.PausedUntil.In(f.Now.Location()).Format("15:04")
		return Entry{ID: idResume, Label: words.Say("tray_resume", "until", until), Deed: DeedResume}
	}
	return Entry{ID: idPause, Label: words.Say("tray_pause"), Deed: DeedPause}
}

// Find returns the entry with that id.
func (v View) Find(id int32) (Entry, bool) {
	for _, group := range v.Menu {
		for _, e := range group {
			if e.ID == id {
				return e, true
			}
		}
	}
	return Entry{}, false
}

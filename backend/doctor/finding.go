package doctor

import (
	"slices"
	"strings"
	"unicode"

	"waflow/backend/domain"
)

// State says how a check came out.
type State string

// The states of a finding, best first.
const (
	OK      State = "ok"
	Skipped State = "skipped" // not looked at; the reason says why
	Warning State = "warning" // works now, and may soon not
	Failure State = "failure" // does not work
)

// Check names what was looked at.
type Check string

// The checks in the order of a report.
const (
	CheckFolder    Check = "folder"    // the data folder
	CheckWorkspace Check = "workspace" // what kind it holds
	CheckRunning   Check = "running"   // whether Waflow runs with it
	CheckSpace     Check = "space"     // free space on its disk
	CheckDatabase  Check = "database"  // whole, and of a version that this program knows
	CheckSessions  Check = "sessions"  // the session files: whole
	CheckKeys      Check = "keys"      // the keys in them: there, and those of their devices
	CheckName      Check = "name"      // WhatsApp's name, as this computer looks it up
	CheckReach     Check = "reach"     // WhatsApp answers
	CheckClock     Check = "clock"     // this computer's, beside WhatsApp's
	CheckProxy     Check = "proxy"     // the way through a device's proxy
)

// Checks returns every check in the order of a report.
func Checks() []Check {
	return []Check{
		CheckFolder, CheckWorkspace, CheckRunning, CheckSpace, CheckDatabase, CheckSessions, CheckKeys, CheckName, CheckReach, CheckClock, CheckProxy,
	}
}

// Finding is one line of a report.
type Finding struct {
	Check   Check
	State   State
	Reason  string            // lower snake case; with the check it says what people read
	Subject string            // the device that it is about; "" if it is about none
	Values  map[string]string // what the sentence has to fill in
}

// Report is everything that was found, in the order of Checks.
type Report struct {
	Findings []Finding
	Versions Versions
}

// Versions say what runs here. What can't be told is "".
type Versions struct {
	Waflow   string `json:"waflow"`
	Library  string `json:"library"`  // the client library
	WhatsApp string `json:"whatsapp"` // the version of WhatsApp that we say we are
	Go       string `json:"go"`
	System   string `json:"system"`
	WebView  string `json:"webview"` // what shows the window
}

// Worst is the worst state of the findings: OK, Warning or Failure. What was skipped does not count.
func (r Report) Worst() State {
	worst := OK
	for _, f := range r.Findings {
		if f.State == Failure || f.State == Warning && worst == OK {
			worst = f.State
		}
	}
	return worst
}

// found is a finding with its values given as name and value in turn. They are shown, so they are masked here once for all.
func found(check Check, state State, reason string, values ...string) Finding {
	f := Finding{Check: check, State: state, Reason: reason, Values: map[string]string{}}
	for pair := range slices.Chunk(values, 2) {
		f.Values[pair[0]] = shown(pair[1])
	}
	return f
}

// about says which device a finding is about.
func (f Finding) about(subject string) Finding {
	f.Subject = shown(subject)
	return f
}

// shown is a text from outside as a terminal may get it: on one line, without control signs, with its numbers masked.
func shown(text string) string {
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, text)
	return domain.Masked(line)
}

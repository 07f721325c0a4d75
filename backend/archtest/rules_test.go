package archtest

import "slices"

// Other people's modules that only some of our packages may touch.
const (
	whatsmeow = "go.mau.fi/whatsmeow"
	wails     = "github.com/wailsapp/wails/v2"
)

// rule says what one of our packages may import of ours and of others. A rule covers the packages below its folder.
type rule struct {
	// ours lists folders under backend/; everyOurs stands for all of them.
	ours []string
	// restricted lists the modules of `restrictedModules` that it may import.
	restricted []string
	// pure packages import nothing of others and nothing of the standard library that reaches outside the process.
	pure bool
	// typesOnly lists, for a file of a pure package, what it may import after all, because it uses nothing but types.
	typesOnly map[string][]string
	// standardOnly packages import the standard library and nothing else.
	standardOnly bool
}

const everyOurs = "*"

// restrictedModules may be imported only where a rule names them.
var restrictedModules = []string{whatsmeow, wails}

var (
	useCases = []string{"fleet", "timeline", "inbox", "contacts", "pipeline", "incidents", "reports", "settings", "sleep", "proxies"}
	pureOnes = []string{"device", "routing", "safety", "notify", "uptime", "tray"}

	// reachesOutside are the packages of the standard library that a pure package may not use. Time as a value is fine;
	// reading the clock is caught by review and by the signatures, which take the time as an argument.
	reachesOutside = []string{"database/sql", "io/fs", "math/rand", "math/rand/v2", "net", "os", "plugin", "syscall"}

	// realParts may be used by every test: the simulator, and what a test of durable work runs on instead of a fake.
	realParts = []string{"domain", "events", "store", "whatsapp", "wasim"}
)

// rules is the table of who may import whom. A package that is not in it fails the test until it is named here.
func rules() map[string]rule {
	table := map[string]rule{
		"domain":   {standardOnly: true},
		"whatsapp": {ours: []string{"domain", "panics"}, restricted: []string{whatsmeow}},
		"wasim":    {restricted: []string{whatsmeow}},
		"store":    {ours: []string{"domain", "panics", "words"}},
		"words":    {},
		"panics":   {ours: []string{"domain"}},
		"media":    {ours: []string{"domain", "mp4", "picture", "voice"}},
		"mp4":      {standardOnly: true},
		"picture":  {},
		"voice":    {standardOnly: true},
		"older":    {ours: []string{"domain"}},
		"events":   {ours: []string{"domain"}},
		"pool":     {ours: []string{"device", "domain", "panics"}},
		// The bridge turns what use cases answer into plain data; some of it is in the words of the pure packages.
		"bridge":  {ours: slices.Concat([]string{"events", "domain", "panics"}, useCases, pureOnes)},
		"demo":    {ours: []string{"wasim", "domain"}},
		"host":    {ours: []string{"panics"}},
		"desktop": {ours: []string{"domain", "events", "host", "panics", "tray"}},
		// The doctor looks at the files of the store and of the client library, each by its owner's means.
		"doctor":   {ours: []string{"domain", "store", "whatsapp"}},
		"engine":   {ours: []string{everyOurs}},
		"archtest": {},
	}
	for _, name := range pureOnes {
		table[name] = rule{ours: []string{"domain"}, pure: true}
	}
	// Failed dials are told apart by the types of their errors.
	device := table["device"]
	device.typesOnly = map[string][]string{"backend/device/failure.go": {"net", "syscall"}}
	table["device"] = device
	for _, name := range append([]string{"ingest", "outbox", "history", "gaps"}, useCases...) {
		table[name] = rule{ours: append([]string{"domain", "events", "panics"}, pureOnes...)}
	}
	return table
}

// ruleOfRoot covers main.go, app.go and serve.go; the window asks the system by package host where Wails does not. Wails is judged by file there: see mayImportWails.
func ruleOfRoot() rule {
	return rule{ours: []string{"engine", "bridge", "desktop", "domain", "host"}, restricted: []string{wails}}
}

// rulesOfBuild covers the Go programs under build/, which are no part of the product.
func rulesOfBuild() map[string]rule {
	return map[string]rule{
		"bench":   {ours: []string{everyOurs}, restricted: []string{whatsmeow}},
		"smoke":   {},
		"notices": {},
	}
}

// mayImportWails: the window alone knows Wails, and its native notifications and its place on the desktop are files of their own.
func mayImportWails(path string) bool {
	return slices.Contains([]string{"app.go", "notification.go", "tray.go", "announce_windows.go", "announce_darwin.go"}, path)
}

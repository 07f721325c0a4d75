package wasim

import "go.mau.fi/libsignal/logger"

// quietSignal keeps the Signal library from writing to standard output. The library picks its logger at first use, without
// a lock, so New does it before any goroutine runs. A program that has set one of its own keeps it.
func quietSignal() {
	if logger.Logger == nil {
		var silent logger.Loggable = silence{}
		logger.Setup(&silent)
	}
}

// silence is a logger that says nothing. What fails comes back as an error as well.
type silence struct{}

// Debug says nothing.
func (silence) Debug(string, string) {}

// Info says nothing.
func (silence) Info(string, string) {}

// Warning says nothing.
func (silence) Warning(string, string) {}

// Error says nothing.
func (silence) Error(string, string) {}

// Configure has nothing to configure.
func (silence) Configure(string) {}

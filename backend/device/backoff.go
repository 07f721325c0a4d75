package device

import "time"

// Bounds of the machine's waits.
const (
	MinWait = time.Second      // the shortest wait before a dial that follows a failure
	MaxWait = 30 * time.Second // the longest

	DialDeadline  = 45 * time.Second // from the gate to the login, over the client's own 20 s for each of dial and handshake
	LoginDeadline = 20 * time.Second // from the handshake to the login, which is a few short answers; the client library waits 75 s for each
	StableAfter   = 10 * time.Second // a connection that lasted this long was a good one: the next failure counts from one
	FirstSyncRest = 10 * time.Second // a first sync that says nothing for so long is over
	BanUnknown    = time.Hour        // when WhatsApp names no end of a ban
)

// Backoff returns the wait before the dial that follows the given number of failed tries (less than 1 means 1): anywhere between MinWait and a
// ceiling that doubles with each try from 2 s up to MaxWait. chance is a random number in [0, 1); with full jitter, devices that failed
// together do not come back together.
func Backoff(try int, chance float64) time.Duration {
	ceiling := MaxWait
	if try = max(try, 1); try < 5 {
		ceiling = min(MaxWait, time.Second<<try)
	}
	chance = min(max(chance, 0), 1)
	return MinWait + time.Duration(chance*float64(ceiling-MinWait))
}

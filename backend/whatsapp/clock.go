package whatsapp

import (
	"net/http"
	"sync/atomic"
	"time"
)

// ClockTolerance is how far the clocks may be apart before people are told. A session's keys and the order of messages do not depend on
// this computer's clock, but certificates are refused, and times on the screen are wrong.
const ClockTolerance = 15 * time.Minute

// clock compares this computer's clock with the service's: every answer of the service, the one that opens a websocket included, says in
// its Date header what time it is there (RFC 9110, 6.6.1; one second exact).
type clock struct {
	now    func() time.Time
	offset atomic.Pointer[time.Duration]
}

// ClockOffset returns how far this computer's clock is ahead of the service's, negative if it is behind. It is false until the service has
// told its time.
func (s *Service) ClockOffset() (time.Duration, bool) {
	offset := s.clock.offset.Load()
	if offset == nil {
		return 0, false
	}
	return *offset, true
}

// watch looks at the answers that pass through.
func (c *clock) watch(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		answer, err := next.RoundTrip(r)
		if err == nil {
			c.look(answer.Header.Get("Date"))
		}
		return answer, err
	})
}

// look takes note of a Date header. One that can't be read says nothing.
func (c *clock) look(date string) {
	there, err := http.ParseTime(date)
	if err != nil {
		return
	}
	offset := c.now().Sub(there)
	c.offset.Store(&offset)
}

// roundTrip is a function that carries out requests.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

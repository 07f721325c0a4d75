package pool

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// Times of a renewal.
const (
	renewWithin = 30 * time.Second // for looking up WhatsApp's present version
	renewedRest = time.Hour        // after a version let a device in, a refusal is about one device and not about the version
)

// renewal is what follows when WhatsApp refuses this version of the client: all devices stop, WhatsApp's present version is looked up
// once, one device tries with it, and the rest follow when that one is in. If there is no newer version, or it is refused too, all stay
// where they are: people are told to update, and nothing is tried again until somebody asks.
type renewal struct {
	pool *Pool

	mu       sync.Mutex
	going    bool              // from the first refusal to the verdict
	looking  bool              // the present version is being looked up
	linking  []func(bool)      // dialogs that wait for that
	untried  []domain.DeviceID // who may try the new version, the device used last first
	pioneer  domain.DeviceID   // who tries it; 0 while nobody does
	accepted time.Time         // when a new version let a device in
}

// refused begins a renewal after a 405, unless one goes on. It is called from a supervisor's goroutine.
func (r *renewal) refused(by domain.DeviceID) {
	r.mu.Lock()
	alone := !r.accepted.IsZero() && r.pool.now().Sub(r.accepted).Abs() < renewedRest
	begins := !r.going && !alone
	r.going = r.going || begins
	r.looking = r.looking || begins
	r.mu.Unlock()
	if !begins {
		return
	}
	r.pool.cfg.Logger.Warn().Msg("WhatsApp refuses this version; every device stops")
	r.pool.tellAll(device.Input{Kind: device.Outdated}, by)
	r.pool.spawn(func() { r.lookUp(by) })
}

// refusedLinking is refused for a session that is being linked. then hears whether there is a newer version; it must not block.
func (r *renewal) refusedLinking(by domain.DeviceID, then func(newer bool)) {
	r.mu.Lock()
	r.linking = append(r.linking, then)
	r.mu.Unlock()
	r.refused(by)
	r.mu.Lock()
	var unanswered []func(bool)
	if !r.looking {
		unanswered, r.linking = r.linking, nil
	}
	r.mu.Unlock()
	for _, then := range unanswered {
		then(false)
	}
}

// lookUp asks for WhatsApp's present version, the way that the refused device takes, and lets one device try if it is a new one.
func (r *renewal) lookUp(by domain.DeviceID) {
	ctx, cancel := context.WithTimeout(r.pool.context(), renewWithin)
	defer cancel()
	newer, err := r.ask(ctx, by)
	r.pool.cfg.Logger.Info().Err(err).Bool("newer", newer).Msg("WhatsApp's present version was looked up")
	r.mu.Lock()
	linking := r.linking
	r.linking, r.looking, r.untried = nil, false, nil
	if newer {
		r.untried = r.pool.usedLastFirst()
	}
	r.mu.Unlock()
	for _, then := range linking {
		then(newer)
	}
	r.next()
}

func (r *renewal) ask(ctx context.Context, by domain.DeviceID) (newer bool, err error) {
	defer panics.Into(&err, "looking up WhatsApp's version panicked")
	return r.pool.cfg.Renew(ctx, by)
}

// next gives the new version to the next device that may try it. When there is none left the renewal is over.
func (r *renewal) next() {
	for {
		r.mu.Lock()
		r.pioneer = 0
		if len(r.untried) == 0 {
			r.going = false
			r.mu.Unlock()
			return
		}
		id := r.untried[0]
		r.untried = r.untried[1:]
		r.mu.Unlock()
		s, err := r.pool.find(id)
		if err == nil && s.box.post(func() { r.try(s) }) {
			return
		}
	}
}

// try lets a device be the first, in its own goroutine, if it is one of those that were stopped.
func (r *renewal) try(s *supervisor) {
	if !s.outdated() {
		r.next()
		return
	}
	r.mu.Lock()
	r.pioneer = s.ref.Device
	r.mu.Unlock()
	_ = s.feed(device.Input{Kind: device.VersionRenewed})
}

// follow looks at what becomes of the device that tries.
func (r *renewal) follow(s *supervisor) {
	r.mu.Lock()
	if r.pioneer != s.ref.Device {
		r.mu.Unlock()
		return
	}
	switch phase := s.state.Phase; {
	case phase == device.PhaseUp:
		r.pioneer, r.going, r.accepted = 0, false, r.pool.now()
		r.mu.Unlock()
		r.pool.cfg.Logger.Info().Msg("WhatsApp takes the new version; the other devices follow")
		r.pool.tellAll(device.Input{Kind: device.VersionRenewed}, s.ref.Device)
	case s.outdated():
		r.pioneer, r.going, r.untried = 0, false, nil
		r.mu.Unlock()
	case phase == device.PhaseDialing || phase == device.PhaseLogin:
		r.mu.Unlock()
	default: // its network failed, or it was paused, unlinked, banned: it can't say whether the version is taken
		r.mu.Unlock()
		r.next()
	}
}

// left goes on with another device when the one that tried is no longer supervised.
func (r *renewal) left(s *supervisor) {
	r.mu.Lock()
	gone := r.pioneer == s.ref.Device
	r.mu.Unlock()
	if gone {
		r.next()
	}
}

// usedLastFirst returns the devices in the order in which they matter to people.
func (p *Pool) usedLastFirst() []domain.DeviceID {
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := slices.Clone(p.order)
	slices.SortStableFunc(ids, func(a, b domain.DeviceID) int {
		return cmp.Compare(p.devices[b].used.UnixNano(), p.devices[a].used.UnixNano())
	})
	return ids
}

package pool

import (
	"context"
	"errors"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
)

// farewell ends a dialog whose phone has linked although we can't keep the link: the LID belongs to another device, or the disk refused.
// The phone would show a companion that never answers, so the session logs in once more, to log out.
func (p *pairing) farewell(step domain.PairingStep) {
	s, n := p.owner, p.session
	p.scanned.Store(int32(verdictClosed))
	p.stop()
	s.pool.write(write{
		what: "link released",
		do: func(ctx context.Context) error {
			_, err := s.pool.cfg.Links.ReleaseLink(ctx, p.link.ID)
			return err
		},
	})
	s.pool.spawn(func() { n.giveBack() })
	p.tell(step)
	in := device.Input{Kind: device.PairFailed, Reason: reasonOf(step.Err)}
	if step.Kind == domain.PairingRefused {
		in = device.Input{Kind: device.PairEnded}
	}
	_ = s.feed(in)
}

// giveBack removes the companion from the phone and the session from the disk. When WhatsApp can't be reached the companion stays listed on the
// phone, where a person can remove it; without its keys nobody can use it.
func (s *session) giveBack() {
	defer s.close(true, 0)
	for try := range farewellTries {
		err := s.logInToLogOut()
		if err == nil {
			return
		}
		s.pool.log(s.ref).Warn().Err(err).Msg("a link that can't be kept could not be given back")
		select {
		case <-time.After(device.Backoff(try+1, 1)):
		case <-s.pool.stopping:
			return
		case <-s.gone:
			return
		}
	}
}

func (s *session) logInToLogOut() error {
	admitted := make(chan struct{})
	ticket := s.pool.gate.ask(rank{}, func() { close(admitted) })
	defer ticket.leave()
	if err := s.until(admitted, time.Minute); err != nil {
		return err
	}
	select {
	case <-s.loggedIn: // of an earlier try
	default:
	}
	connected := make(chan error, 1)
	s.connect(func(err error) { connected <- err })
	if err := <-connected; err != nil {
		return err
	}
	if err := s.until(s.loggedIn, device.DialDeadline); err != nil {
		return err
	}
	out := make(chan error, 1)
	s.logout(func(err error) { out <- err })
	return <-out
}

// until waits for a signal, so long as the pool runs.
func (s *session) until(signal <-chan struct{}, within time.Duration) error {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case <-signal:
		return nil
	case <-s.pool.stopping:
		return stopping()
	case <-s.gone:
		return errSessionEnded
	case <-t.C:
		return errors.New("no answer")
	}
}

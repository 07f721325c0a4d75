package pool

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// verdict is where the number guard of a pairing stands.
type verdict int32

// The verdicts. Only an open pairing can be cancelled: after the scan the phone counts on us.
const (
	verdictOpen       verdict = iota // nobody has scanned
	verdictAsked                     // the guard is at work, or has let the number pass
	verdictConfirming                // the link is being written down
	verdictClosed                    // over: refuse whoever scans now
)

// pairing is one link dialog, from the request for codes to the login with the new session. Its fields belong to the supervisor's goroutine.
type pairing struct {
	owner   *supervisor
	number  string // the number that a code is asked for; "" shows QR codes
	link    domain.Link
	session *session // nil until the link is open
	step    domain.PairingStep
	codes   []string
	ticket  *ticket
	timer   *time.Timer
	timers  int // number of the present timer; earlier ones mean nothing

	scanned   atomic.Int32 // a verdict; also read and set by the client's goroutine
	account   domain.Account
	succeeded bool                  // the phone has linked
	confirmed bool                  // and it is written down
	again     bool                  // WhatsApp asked for the second login
	later     []domain.SessionEvent // came between success and adoption: for the device's machine
	obsolete  []string
	adopted   bool // the session is the device's own

	outdatedOnce bool // WhatsApp has refused this version
	renewing     bool // and a newer one is looked up
}

// Pair opens a link dialog for a device; its steps go to Config.Pairing. Errors: CodeLinkBusy when one is open (PairingOf tells its step);
// CodeConflict when the device is connected or paused. d is added if the pool does not know it.
func (p *Pool) Pair(ctx context.Context, d domain.Device) error {
	p.Add(d, "")
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.call(d.Ref.Device, (*supervisor).pair)
}

// RenewPairing shows new codes with a fresh session file: QR codes, or with a number (international digits) the code that is typed into the
// phone with that number. A dialog that goes on begins anew. Errors: as Pair, and CodeLinkBusy once somebody has scanned.
func (p *Pool) RenewPairing(ctx context.Context, d domain.Device, number string) error {
	p.Add(d, "")
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.call(d.Ref.Device, func(s *supervisor) error { return s.renew(number) })
}

// CancelPairing closes a link dialog. A pairing that was scanned goes on: the phone already counts on it, and ends by itself.
func (p *Pool) CancelPairing(id domain.DeviceID) {
	if s, err := p.find(id); err == nil {
		s.box.post(s.cancelPairing)
	}
}

// PairingOf returns the present step of a device's link dialog, or the one that ended it unless that was a success or a cancel.
func (p *Pool) PairingOf(id domain.DeviceID) (domain.PairingStep, bool) {
	s, err := p.find(id)
	if err != nil {
		return domain.PairingStep{}, false
	}
	step := s.shown.Load()
	if step == nil || step.Kind == domain.PairingLinked || step.Kind == domain.PairingCancelled {
		return domain.PairingStep{}, false
	}
	return *step, true
}

// pair begins a pairing. The former session stays stopped until it ends.
func (s *supervisor) pair() error {
	if s.pairing != nil {
		return &domain.Error{Code: domain.CodeLinkBusy, Message: "this device is being linked already"}
	}
	return s.begin("")
}

// renew ends what the dialog shows, and shows something new. The device's machine learns of that from the new codes only: nothing about the
// device has changed.
func (s *supervisor) renew(number string) error {
	p := s.pairing
	if p == nil {
		return s.begin(number)
	}
	if !p.close() {
		return &domain.Error{Code: domain.CodeLinkBusy, Message: "the phone has scanned already"}
	}
	p.leave(0)
	s.show(number)
	return nil
}

func (s *supervisor) begin(number string) error {
	if err := s.feed(device.Input{Kind: device.PairStarted, ByCode: number != ""}); err != nil {
		return err
	}
	s.show(number)
	return nil
}

// show opens a link and, when it is open, a connection that asks for codes.
func (s *supervisor) show(number string) {
	p := &pairing{owner: s, number: number}
	s.pairing = p
	p.tell(domain.PairingStep{Kind: domain.PairingWaiting})
	p.await(pairDeadline, p.expired)
	s.pool.spawn(func() {
		var link domain.Link
		err := attempt(context.Background(), func(ctx context.Context) (err error) {
			link, err = s.pool.cfg.Links.OpenLink(ctx, s.ref)
			return err
		})
		if err == nil && number != "" {
			err = attempt(context.Background(), func(ctx context.Context) error {
				return s.pool.cfg.Links.CheckNumber(ctx, link.ID, number)
			})
		}
		if !s.box.post(func() { p.opened(link, err) }) && link.ID != 0 {
			s.release(link.ID, nil, 0)
		}
	})
}

// opened goes on when the attempt has a session file.
func (p *pairing) opened(link domain.Link, err error) {
	s := p.owner
	if p.over() {
		if link.ID != 0 {
			s.release(link.ID, nil, 0)
		}
		return
	}
	p.link = link
	p.step.Link = link.ID
	if err != nil {
		p.scanned.Store(int32(verdictClosed))
		step, in := p.refusal(err)
		p.end(step, in, 0)
		return
	}
	p.session = s.pool.newSession(s.ref, link.File)
	p.session.guard = p.guard
	s.open(p.session)
	p.ticket = s.pool.gate.ask(rank{person: true}, func() { s.box.post(p.admitted) })
}

func (p *pairing) admitted() {
	if p.over() {
		return
	}
	p.session.connect(func(err error) {
		p.owner.box.post(func() { p.dialed(err) })
	})
}

func (p *pairing) dialed(err error) {
	p.ticket.leave()
	if p.over() || err == nil {
		return
	}
	cause := device.Classify(err).Cause()
	if domain.DiskRefused(err) {
		p.fail(err)
		return
	}
	failed := linkFailed(string(cause), "WhatsApp could not be reached; nothing was changed", err)
	var coded *domain.Error
	if cause == domain.CauseProxyFailed && errors.As(err, &coded) {
		maps.Copy(failed.Detail, coded.Detail) // which proxy, and what is wrong with it
	}
	p.fail(failed)
}

// over reports whether the dialog has ended.
func (p *pairing) over() bool { return p.owner.pairing != p }

// tell makes a step the present one.
func (p *pairing) tell(step domain.PairingStep) {
	step.Ref, step.Link, step.At, step.Asked = p.owner.ref, p.link.ID, p.owner.pool.now(), p.number
	p.step = step
	p.owner.shown.Store(&step)
	panics.Step(p.owner.pool.cfg.Logger, "who is told of a link dialog", func() { p.owner.pool.cfg.Pairing(step) })
}

// await sets the pairing's one timer.
func (p *pairing) await(d time.Duration, then func()) {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timers++
	n := p.timers
	p.timer = time.AfterFunc(d, func() {
		p.owner.box.post(func() {
			if !p.over() && n == p.timers {
				then()
			}
		})
	})
}

// happened takes what the client tells of a session that is not the device's own yet.
func (p *pairing) happened(ev domain.SessionEvent) {
	if p.succeeded {
		p.afterSuccess(ev)
		return
	}
	switch ev.Kind {
	case domain.PairCodes:
		p.codes = ev.Codes
		p.named()
	case domain.PairPasskey:
		p.tell(domain.PairingStep{Kind: domain.PairingPasskey})
		_ = p.owner.feed(device.Input{Kind: device.PairPasskey})
		p.await(pairDeadline, p.expired)
	case domain.PairSucceeded:
		p.confirm(ev.Account)
	case domain.PairOldPhone:
		p.fail(&domain.Error{Code: domain.CodePhoneOutdated, Message: "the phone's WhatsApp is too old to link devices", Action: domain.ActionUpdatePhone})
	case domain.PairFailed:
		p.failedByPhone(ev.Err)
	case domain.SessionDisconnected:
		if !p.renewing { // the connection that was refused ends late
			p.dropped()
		}
	case domain.SessionOutdated:
		p.outdated()
	case domain.SessionLoggedOut, domain.SessionTempBanned, domain.SessionBanned, domain.SessionRefused, domain.SessionReplaced:
		p.fail(linkFailed(string(ev.Kind), "WhatsApp refused the connection; nothing was changed", nil))
	default:
	}
}

// show puts a code on the screen and comes back when it runs out. WhatsApp names all codes at once and takes them one after the other.
func (p *pairing) show(n int) {
	if n > len(p.codes) {
		p.usedUp()
		return
	}
	lasts := laterCode
	if n == 1 {
		lasts = firstCode
	}
	p.tell(domain.PairingStep{
		Kind:    domain.PairingShowing,
		Code:    p.codes[n-1],
		N:       n,
		Total:   len(p.codes),
		Expires: p.owner.pool.now().Add(lasts),
	})
	_ = p.owner.feed(device.Input{Kind: device.PairShown, Step: n})
	p.await(lasts, func() { p.show(n + 1) })
}

func (p *pairing) usedUp() {
	if !p.close() {
		return // scanned in the last moment
	}
	p.end(domain.PairingStep{Kind: domain.PairingUsedUp}, device.Input{Kind: device.PairFailed, Reason: string(domain.CodeCodesUsedUp)}, 0)
}

// expired ends a dialog that hears nothing any more.
func (p *pairing) expired() {
	if p.succeeded && !p.scanned.CompareAndSwap(int32(verdictAsked), int32(verdictClosed)) {
		return // the link is being written down at this moment, within a time of its own
	}
	p.fail(linkFailed("no_answer", "WhatsApp did not answer in time; nothing was changed", nil))
}

func (p *pairing) failedByPhone(err error) {
	var coded *domain.Error
	if errors.As(err, &coded) {
		p.fail(err)
		return
	}
	p.fail(linkFailed("phone", "the phone did not complete the link; nothing was changed", err))
}

func linkFailed(reason, message string, err error) *domain.Error {
	return &domain.Error{Code: domain.CodeLinkFailed, Message: message, Detail: map[string]string{"reason": reason}, Action: domain.ActionRetry, Err: err}
}

// fail ends the dialog with an error.
func (p *pairing) fail(err error) {
	if p.succeeded && !p.adopted {
		p.farewell(domain.PairingStep{Kind: domain.PairingFailed, Err: err, Account: p.account})
		return
	}
	p.scanned.Store(int32(verdictClosed))
	p.end(domain.PairingStep{Kind: domain.PairingFailed, Err: err, Account: p.account}, device.Input{Kind: device.PairFailed, Reason: reasonOf(err)}, 0)
}

// reasonOf returns what is kept of an error in the history.
func reasonOf(err error) string {
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Detail["reason"] != "" {
		return coded.Detail["reason"]
	}
	return string(domain.CodeOf(err))
}

// close shuts the guard, and reports false when somebody has scanned already.
func (p *pairing) close() bool {
	return p.scanned.CompareAndSwap(int32(verdictOpen), int32(verdictClosed))
}

// end ends the dialog: its claim and its session go, the device is told what it is now.
func (p *pairing) end(step domain.PairingStep, in device.Input, linger time.Duration) {
	p.leave(linger)
	p.tell(step)
	_ = p.owner.feed(in)
}

// leave gives up the dialog's claim and session.
func (p *pairing) leave(linger time.Duration) {
	p.stop()
	if p.link.ID != 0 {
		p.owner.release(p.link.ID, p.session, linger)
	}
}

// stop ends the dialog's timers and place at the gate.
func (p *pairing) stop() {
	p.owner.pairing = nil
	p.ticket.leave()
	if p.timer != nil {
		p.timer.Stop()
	}
}

// release gives up an attempt: the claim on the number first, then the session and its file.
func (s *supervisor) release(link domain.LinkID, n *session, linger time.Duration) {
	if n != nil && linger <= 0 {
		n.disconnect()
	}
	s.pool.write(write{
		what: "link released",
		do: func(ctx context.Context) error {
			_, err := s.pool.cfg.Links.ReleaseLink(ctx, link)
			return err
		},
		done: func(error, int) {
			if n != nil {
				n.close(true, linger)
			}
		},
	})
}

// cancelPairing is the operator closing the dialog.
func (s *supervisor) cancelPairing() {
	p := s.pairing
	if p == nil || !p.close() {
		return
	}
	p.end(domain.PairingStep{Kind: domain.PairingCancelled}, device.Input{Kind: device.PairEnded}, 0)
}

// abandonPairing ends a dialog with the application. Its claim is released at the next start if it can't be now.
func (s *supervisor) abandonPairing() {
	p := s.pairing
	if p == nil {
		return
	}
	p.stop()
	if p.adopted || p.session == nil {
		return
	}
	if p.close() || p.scanned.CompareAndSwap(int32(verdictAsked), int32(verdictClosed)) {
		s.release(p.link.ID, p.session, 0)
		return
	}
	p.session.owned.Store(true) // written down, perhaps: its file must stay
}

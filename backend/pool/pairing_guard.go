package pool

import (
	"context"
	"errors"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// guard decides whether the scanned number may be linked, while the phone waits. It runs on the client's goroutine. A panic refuses.
func (p *pairing) guard(ctx context.Context, account domain.Account) (err error) {
	if !p.scanned.CompareAndSwap(int32(verdictOpen), int32(verdictAsked)) {
		return &domain.Error{Code: domain.CodeLinkCancelled, Message: "this pairing has ended"}
	}
	defer func() {
		if !p.owner.box.post(func() { p.judged(account, err) }) && err == nil {
			err = stopping()
		}
	}()
	defer panics.Into(&err, "the number guard panicked")
	return p.owner.pool.cfg.Links.ClaimNumber(ctx, p.link.ID, account)
}

// judged goes on with what the guard said.
func (p *pairing) judged(account domain.Account, err error) {
	if p.over() {
		return
	}
	p.account = account
	if err != nil {
		p.refuse(err)
		return
	}
	p.tell(domain.PairingStep{Kind: domain.PairingScanned, Account: account})
	_ = p.owner.feed(device.Input{Kind: device.PairScanned})
	p.await(scanDeadline, p.expired)
}

// refuse ends the dialog after the guard said no. The connection stays for a moment: the phone is told over it.
func (p *pairing) refuse(err error) {
	p.scanned.Store(int32(verdictClosed))
	step, in := p.refusal(err)
	p.end(step, in, tellPhone)
}

// refusal says what a guard's error means: a number that may not be linked here is no status of the device, a database that fails is.
func (p *pairing) refusal(err error) (domain.PairingStep, device.Input) {
	var refused *domain.RefusedError
	if errors.As(err, &refused) {
		holder := refused.Holder
		step := domain.PairingStep{Kind: domain.PairingRefused, Account: p.account, Holder: &holder, Err: refused.Err}
		return step, device.Input{Kind: device.PairEnded}
	}
	step := domain.PairingStep{Kind: domain.PairingFailed, Account: p.account, Err: err}
	return step, device.Input{Kind: device.PairFailed, Reason: reasonOf(err)}
}

// confirm writes the link down. The phone has linked: from here on there is a session to give back if we can't keep it.
func (p *pairing) confirm(account domain.Account) {
	p.succeeded = true
	p.account = merged(p.account, account)
	account = p.account
	s := p.owner
	var confirmed domain.Device
	var obsolete []string
	s.pool.write(write{
		what: "link confirmed",
		once: true,
		do: func(ctx context.Context) (err error) {
			if !p.scanned.CompareAndSwap(int32(verdictAsked), int32(verdictConfirming)) {
				return &domain.Error{Code: domain.CodeLinkCancelled, Message: "this pairing has ended"}
			}
			confirmed, obsolete, err = s.pool.cfg.Links.ConfirmLink(ctx, p.link.ID, account)
			return err
		},
		done: func(err error, _ int) {
			s.box.post(func() { p.written(confirmed, obsolete, err) })
		},
	})
}

// merged adds to what the guard knew of an account what the confirmation says.
func merged(guard, confirmed domain.Account) domain.Account {
	out := confirmed
	if out.Number == "" {
		out.Number = guard.Number
	}
	if out.PushName == "" {
		out.PushName = guard.PushName
	}
	if out.BusinessName == "" {
		out.BusinessName = guard.BusinessName
	}
	if out.Platform == "" {
		out.Platform = guard.Platform
	}
	return out
}

// afterSuccess keeps what comes before the session is the device's own.
func (p *pairing) afterSuccess(ev domain.SessionEvent) {
	switch ev.Kind {
	case domain.SessionLoginAgain, domain.SessionDisconnected:
		p.again = true
	case domain.SessionLoggedOut, domain.SessionBanned, domain.SessionTempBanned, domain.SessionRefused, domain.SessionOutdated:
		p.again = true
		p.later = append(p.later, ev)
	default:
	}
	p.adoptWhenDue()
}

// written goes on when the link is written down, or could not be.
func (p *pairing) written(d domain.Device, obsolete []string, err error) {
	if p.over() {
		return
	}
	if err != nil {
		p.farewell(first(p.refusal(err)))
		return
	}
	p.confirmed, p.obsolete = true, obsolete
	p.owner.number = d.Account.Number
	p.await(loginAgainIn, func() {
		p.again = true
		p.adoptWhenDue()
	})
	p.adoptWhenDue()
}

func first(step domain.PairingStep, _ device.Input) domain.PairingStep { return step }

// adoptWhenDue makes the session the device's own once the link is written down and WhatsApp has asked for the second login: a connection that
// is closed before may not have told the phone.
func (p *pairing) adoptWhenDue() {
	if !p.confirmed || !p.again || p.adopted {
		return
	}
	s := p.owner
	former := s.session
	s.session = p.session
	s.session.owned.Store(true)
	p.adopted = true
	p.ticket.leave()
	if former != nil {
		former.close(true, 0)
	}
	for _, file := range p.obsolete {
		if file != p.session.file && (former == nil || file != former.file) {
			s.pool.discard(file)
		}
	}
	p.await(scanDeadline, p.linked)
	_ = s.feed(device.Input{Kind: device.PairLinked})
	s.pool.cfg.Detail(s.ref, s.state.Told)
	for _, ev := range p.later {
		s.happened(s.session, ev)
	}
}

// follow ends the dialog when the machine knows what became of the first login.
func (p *pairing) follow() {
	if !p.adopted {
		return
	}
	switch p.owner.state.Phase {
	case device.PhaseUp, device.PhaseWaiting:
		p.linked() // a login that has to be tried again is the device's affair: the link is there
	case device.PhaseRest:
		if p.owner.state.Paused() {
			p.linked()
			return
		}
		cause := p.owner.state.Told.Cause
		p.stop()
		message := "the phone removed the link again before it was complete; conversations stay"
		if cause != domain.CauseUnlinked {
			message = "WhatsApp ended the link before it was complete; conversations stay"
		}
		p.tell(domain.PairingStep{Kind: domain.PairingFailed, Account: p.account, Err: linkFailed(string(cause), message, nil)})
	case device.PhaseDialing, device.PhaseLogin, device.PhasePairing, device.PhaseUnlinking:
	}
}

func (p *pairing) linked() {
	p.stop()
	p.tell(domain.PairingStep{Kind: domain.PairingLinked, Account: p.account})
}

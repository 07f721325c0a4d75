package pool

import "waflow/backend/domain"

// outdated takes WhatsApp's refusal of this version: the dialog waits while the present version is looked up, and goes on with a newer one.
func (p *pairing) outdated() {
	if p.outdatedOnce {
		p.failOutdated()
		return
	}
	p.outdatedOnce, p.renewing = true, true
	s := p.owner
	s.pool.renewal.refusedLinking(s.ref.Device, func(newer bool) {
		s.box.post(func() {
			switch {
			case p.over():
			case newer:
				p.renewing = false
				p.ticket = s.pool.gate.ask(rank{person: true}, func() { s.box.post(p.admitted) })
			default:
				p.failOutdated()
			}
		})
	})
}

func (p *pairing) failOutdated() {
	p.fail(&domain.Error{
		Code:    domain.CodeLinkFailed,
		Message: "WhatsApp no longer accepts this version",
		Detail:  map[string]string{"reason": string(domain.CauseClientOutdated)},
		Action:  domain.ActionUpdateApp,
	})
}

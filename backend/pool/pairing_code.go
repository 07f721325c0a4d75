package pool

import (
	"waflow/backend/device"
	"waflow/backend/domain"
)

// named goes on when WhatsApp is ready to link: with QR codes, or by asking for the one code that is typed into the phone.
func (p *pairing) named() {
	if p.number == "" {
		p.show(1)
		return
	}
	until := p.owner.pool.now().Add(codeLasts)
	p.await(codeLasts, p.usedUp)
	p.session.askCode(p.number, func(code string, err error) {
		p.owner.box.post(func() {
			switch {
			case p.over():
			case err != nil:
				p.fail(err)
			default:
				p.tell(domain.PairingStep{Kind: domain.PairingCode, Code: code, Expires: until})
				_ = p.owner.feed(device.Input{Kind: device.PairShownCode})
			}
		})
	})
}

// dropped ends a dialog whose connection ended. WhatsApp ends it with the last code.
func (p *pairing) dropped() {
	switch {
	case p.step.Kind == domain.PairingPasskey:
		p.fail(linkFailed("passkey", "the account is protected by a passkey; nothing was changed", nil))
	case p.step.Kind == domain.PairingCode && p.owner.pool.now().After(p.step.Expires.Add(-codeSlack)):
		p.usedUp()
	default:
		p.fail(linkFailed("dropped", "the connection ended before the phone had linked; nothing was changed", nil))
	}
}

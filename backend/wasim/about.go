package wasim

import (
	"context"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// The text about an account:
//
//	→ <iq xmlns="status" type="set"><status>Open from 9 to 5</status></iq>     (whatsmeow changes it over w:mex, see mex.go)
//	← to contacts:    <notification type="status" from="1234@lid" t><set>Open from 9 to 5</set></notification>
//	← to own devices: <notification type="account_sync" from t><status/></notification>
//
// Others read it with usync (usync.go).
type about struct {
	text string
	at   time.Time
}

// maxAbout bounds the text about an account, in bytes. The service allows 139 characters.
const maxAbout = 139 * 4

// iqStatus takes the text about an account. The other use of the namespace, who may see status broadcasts, answers the
// default, because there are none here.
func (s *Server) iqStatus(d *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") == "get" {
		if _, ok := node.GetOptionalChildByTag("privacy"); !ok {
			return iqError(node, 400, "bad-request")
		}
		return iqResult(node, element("privacy", nil, element("list", attrs{"type": "contacts", "default": "true"})))
	}
	status, ok := node.GetOptionalChildByTag("status")
	if !ok || len(content(status)) > maxAbout {
		return iqError(node, 406, "not-acceptable")
	}
	s.setAbout(d, string(content(status)))
	return iqResult(node)
}

// setAbout changes the text and tells everyone.
func (s *Server) setAbout(d *device, text string) {
	a := d.account
	a.profile.mu.Lock()
	a.profile.about = about{text: text, at: s.now()}
	a.profile.mu.Unlock()
	s.tellPeers(a, "status", data("set", []byte(text)))
	s.tellOwn(a, d, waBinary.Node{Tag: "status"})
}

// SetAbout changes the text about the account, which others see in its profile.
func (p *Phone) SetAbout(ctx context.Context, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.s.setAbout(p.dev, text)
	return nil
}

// About is the text about the account, as its owner sees it.
func (p *Phone) About() string {
	p.account.profile.mu.Lock()
	defer p.account.profile.mu.Unlock()
	return p.account.profile.about.text
}

package wasim

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
)

// Reasons of a login failure, as clients name them.
const (
	failureLoggedOut = 401
	failureOutdated  = 405
)

// admit decides what a client that finished the handshake may do. It returns false when the connection was refused.
//
// A client that pairs gets the references for its QR code (pairing.go). A client that logs in gets
//
//	← <success t="1700000000" lid="1234:5@lid" …/>
//	→ <iq xmlns="passive" type="set"><active/></iq>, after which live traffic starts (offline.go)
//
// or the reason why not, after which the connection ends:
//
//	← <failure reason="401" location="…" t="…"/>
func (s *Server) admit(c *connection) bool {
	payload := c.hello.payload
	if s.isOutdated(payload.GetUserAgent().GetAppVersion()) {
		c.end(s.failure(failureOutdated, nil))
		return false
	}
	if payload.GetDevicePairingData() != nil {
		return s.startPairing(c)
	}
	return s.login(c)
}

func (s *Server) isOutdated(version *waWa6.ClientPayload_UserAgent_AppVersion) bool {
	have := [3]uint32{version.GetPrimary(), version.GetSecondary(), version.GetTertiary()}
	want := s.faults.minVersion(s.opts.MinClientVersion)
	for i := range have {
		if have[i] != want[i] {
			return have[i] < want[i]
		}
	}
	return false
}

func (s *Server) login(c *connection) bool {
	number := strconv.FormatUint(c.hello.payload.GetUsername(), 10)
	id := c.hello.payload.GetDevice()
	a := s.accountOf(types.NewJID(number, types.DefaultUserServer))
	if a == nil || id == 0 || id > 255 {
		c.end(s.failure(failureLoggedOut, nil))
		return false
	}
	if a.isOffNetwork() {
		// The client's network fails a moment after the handshake: the client library loses its own disconnect when
		// the end comes before it has set itself up.
		c.deliver(&waBinary.Node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}})
		s.after(s.opts.CloseDelay/3, c.reset)
		return false
	}
	d := a.device(uint16(id))
	if d == nil || d.noiseKey != c.hello.noiseKey {
		s.log.Debug().Str("number", mask(number)).Uint32("device", id).Msg("login of an unknown device")
		c.end(s.failure(failureLoggedOut, nil))
		return false
	}
	if f, refused := s.faults.onLogin(d); refused {
		c.end(s.failure(f.Code, loginFailureAttrs(f)))
		return false
	}
	c.dev = d
	if !s.replaceLink(d, c) {
		c.end(s.failure(failureLoggedOut, nil))
		return false
	}
	s.log.Debug().Str("number", mask(number)).Uint32("device", id).Msg("logged in")
	s.ledger.note(d.address(), "login", "")
	if _, numb := s.faults.takeFor(FaultNumb, d.account.number); numb {
		c.setNumb()
	}
	c.deliver(s.success(d))
	for _, node := range s.afterLogin(d) {
		c.deliver(&node)
	}
	// A client that does not ask to be passive gets its traffic at once.
	if !c.hello.payload.GetPassive() {
		s.becomeActive(d, c)
	}
	return true
}

// replaceLink connects a device to its new connection. An older one is told that it was replaced. It returns false when
// the device was unlinked meanwhile: who unlinks looks for the link after marking the device, so one of the two sees the
// other.
func (s *Server) replaceLink(d *device, c *connection) bool {
	before := d.account.isAvailable()
	if old, ok := d.attach(c).(*connection); ok && old != nil {
		s.forgetPresence(d, before)
		old.end(conflictError("replaced"))
	}
	return !d.isRemoved()
}

// conflictError ends a stream because of another one or because the device was unlinked.
func conflictError(kind string) *waBinary.Node {
	a := attrs{}
	if kind == "device_removed" {
		a["code"] = "401"
	}
	return streamError("", a, element("conflict", attrs{"type": kind}))
}

func (s *Server) success(d *device) *waBinary.Node {
	n := element("success", attrs{
		"t":        s.unixNow(),
		"lid":      d.lid(),
		"props":    "27",
		"location": "wasim",
		"creation": "1600000000",
	})
	return &n
}

func (s *Server) failure(code int, more attrs) *waBinary.Node {
	n := element("failure", attrs{"reason": strconv.Itoa(code), "location": "wasim", "t": s.unixNow()})
	return withAttrs(&n, more)
}

// becomeActive starts live traffic for a device. The first time, its phone sends what a new linked device needs.
func (s *Server) becomeActive(d *device, l link) {
	d.activate(l, true)
	d.mu.Lock()
	greet := !d.greeted
	d.greeted = true
	d.mu.Unlock()
	if d.id == 0 {
		return
	}
	if greet {
		d.account.phone.greet(d)
	} else {
		d.account.phone.resumeHistory(d)
	}
}

func (s *Server) unixNow() string { return strconv.FormatInt(s.now().Unix(), 10) }

func (a *account) isOffNetwork() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offNetwork
}

package wasim

import (
	"errors"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// A call rings on all devices of an account, and whatever ends it is told to all of them:
//
//	← <call from="1234@lid" id t platform="android" version="2.25.1"><offer call-id call-creator="1234@lid" caller_pn="34…@s.whatsapp.net">
//	    <audio enc="opus" rate="16000"/>[<video enc="vp8"/>]</offer></call>
//	← <call from="1234@lid" id t><terminate call-id call-creator reason="timeout"/></call>
//	→ <ack class="call" id to type/>
//
// Both are queued for devices that are away. Nobody speaks: what is said in a call takes other ways than the socket.

// CallEnd says how a call ended, as the devices of the one who was called are told.
type CallEnd string

// The ends of calls.
const (
	CallHungUp   CallEnd = ""                   // by the caller, before anybody took it
	CallTimedOut CallEnd = "timeout"            // nobody took it
	CallAnswered CallEnd = "accepted_elsewhere" // on the phone
	CallDeclined CallEnd = "rejected_elsewhere" // on the phone
)

// ErrNoCall means that there is no such call, or that it has ended.
var ErrNoCall = errors.New("wasim: no such call")

// callGoing is a call that has not ended.
type callGoing struct {
	from, to *account
	video    bool
	at       time.Time
}

// Call has the phone ring a number. It returns the id of the call, which rings until EndCall.
func (p *Phone) Call(number string, video bool) (string, error) {
	to, err := p.peer(number)
	if err != nil {
		return "", err
	}
	id := p.newMessageID()
	c := callGoing{from: p.account, to: to, video: video, at: p.s.now()}
	p.s.mu.Lock()
	if p.s.calls == nil {
		p.s.calls = make(map[string]callGoing)
	}
	p.s.calls[id] = c
	p.s.mu.Unlock()
	p.account.meet(to)
	media := []waBinary.Node{element("audio", attrs{"enc": "opus", "rate": "16000"})}
	if video {
		media = append(media, element("video", attrs{"enc": "vp8"}))
	}
	p.s.tellCall(c, element("offer", c.attrs(id), media...))
	return id, nil
}

// EndCall ends a call that the phone began. Errors: ErrNoCall.
func (p *Phone) EndCall(id string, how CallEnd) error {
	p.s.mu.Lock()
	c, going := p.s.calls[id]
	delete(p.s.calls, id)
	p.s.mu.Unlock()
	if !going || c.from != p.account {
		return ErrNoCall
	}
	a := c.attrs(id)
	if how != CallHungUp {
		a["reason"] = string(how)
	}
	if how != CallAnswered && how != CallDeclined {
		c.to.phone.missed(id, c)
	}
	p.s.tellCall(c, element("terminate", a))
	return nil
}

func (c callGoing) attrs(id string) attrs {
	a := attrs{"call-id": id, "call-creator": c.from.lidJID()}
	if pn, told := c.from.alias(types.HiddenUserServer); told {
		a["caller_pn"] = pn
	}
	return a
}

// tellCall tells the devices of the one who is called.
func (s *Server) tellCall(c callGoing, news waBinary.Node) {
	from := c.from.lidJID()
	for _, d := range c.to.deviceList() {
		id := s.nextID.next()
		n := element("call", attrs{"from": from, "id": id, "t": s.unixNow(), "platform": "android", "version": "2.25.1"}, news)
		d.enqueue(&pendingStanza{node: &n, from: from, id: id})
	}
}

package wasim

import (
	"net/http"
	"strconv"
	"time"
)

// peopleRoutes are what a phone's owner does besides writing: computers, profile, presence, privacy, and how a scripted
// contact behaves.
func (s *Server) peopleRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"GET /phones/{number}/profile":                   s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.profileView(), nil }),
		"POST /phones/{number}/scan-outdated":            s.phoneCall(controlScanOutdated),
		"POST /phones/{number}/computers":                s.phoneCall(controlAddComputer),
		"DELETE /phones/{number}/computers/{id}":         s.phoneCall(controlComputer(func(c *Computer, _ *http.Request) (any, error) { return done(), c.unlink() })),
		"POST /phones/{number}/computers/{id}/send":      s.phoneCall(controlComputer(controlComputerSend)),
		"POST /phones/{number}/computers/{id}/read":      s.phoneCall(controlComputer(controlComputerRead)),
		"POST /phones/{number}/computers/{id}/network":   s.phoneCall(controlComputer(controlComputerNetwork)),
		"GET /phones/{number}/computers/{id}/messages":   s.phoneCall(controlComputer(controlComputerMessages)),
		"POST /phones/{number}/computers/{id}/typing":    s.phoneCall(controlComputer(controlComputerTyping)),
		"POST /phones/{number}/computers/{id}/available": s.phoneCall(controlComputer(controlComputerAvailable)),
		"GET /phones/{number}/behave":                    s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.Behaviour(), nil }),
		"POST /phones/{number}/behave":                   s.phoneCall(controlBehave),
		"POST /phones/{number}/picture":                  s.phoneCall(controlPicture),
		"POST /phones/{number}/about":                    s.phoneCall(controlAbout),
		"POST /phones/{number}/business":                 s.phoneCall(controlBusiness),
		"POST /phones/{number}/typing":                   s.phoneCall(controlTyping),
		"POST /phones/{number}/available":                s.phoneCall(controlSwitch((*Phone).SetAvailable)),
		"POST /phones/{number}/block":                    s.phoneCall(controlBlock),
		"POST /phones/{number}/privacy":                  s.phoneCall(controlPrivacy),
		"POST /phones/{number}/new-chat-timer":           s.phoneCall(controlNewChatTimer),
	}
}

// ProfileView is what the control interface shows of an account's profile and settings.
type ProfileView struct {
	About    string            `json:"about"`
	Picture  string            `json:"picture"` // its id, empty when there is none
	Business *BusinessProfile  `json:"business,omitempty"`
	Blocked  []string          `json:"blocked"`
	Privacy  map[string]string `json:"privacy"`
	// NewChatTimer is the disappearing timer of new chats, in seconds.
	NewChatTimer int `json:"newChatTimer"`
	// Typing is what people were last seen doing in their chat with the phone, by number.
	Typing map[string]Typing `json:"typing"`
	// Available tells whether one of the account's devices is in use.
	Available bool `json:"available"`
}

func (p *Phone) profileView() ProfileView {
	v := ProfileView{
		About: p.About(), Picture: p.PictureID(), Business: p.account.businessProfile(), Blocked: p.Blocked(), Privacy: p.Privacy(),
		NewChatTimer: int(p.account.disappearing().duration / time.Second), Typing: make(map[string]Typing),
		Available: p.account.isAvailable(),
	}
	p.habits.Lock()
	defer p.habits.Unlock()
	for who, kind := range p.typing {
		v.Typing[who.label()] = kind
	}
	return v
}

func (c *Computer) unlink() error { return c.account.phone.RemoveComputer(c.ID()) }

func controlScanOutdated(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ QR string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.ScanOutdated(body.QR)
}

func controlAddComputer(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Name string }](r)
	if err != nil {
		return nil, err
	}
	c, err := p.AddComputer(body.Name)
	if err != nil {
		return nil, err
	}
	return map[string]any{"device": c.ID(), "name": c.Name()}, nil
}

// controlComputer finds the computer that a path names.
func controlComputer(f func(*Computer, *http.Request) (any, error)) func(*Phone, *http.Request) (any, error) {
	return func(p *Phone, r *http.Request) (any, error) {
		id, err := strconv.ParseUint(r.PathValue("id"), 10, 16)
		if err != nil {
			return nil, ErrUnknownDevice
		}
		c := p.Computer(uint16(id))
		if c == nil {
			return nil, ErrUnknownDevice
		}
		return f(c, r)
	}
}

func controlComputerSend(c *Computer, r *http.Request) (any, error) {
	body, err := read[struct{ To, Text string }](r)
	if err != nil {
		return nil, err
	}
	id, err := c.SendText(r.Context(), body.To, body.Text)
	return map[string]string{"id": id}, err
}

func controlComputerRead(c *Computer, r *http.Request) (any, error) {
	body, err := read[struct{ Peer string }](r)
	if err != nil {
		return nil, err
	}
	n, err := c.MarkRead(body.Peer)
	return counted(n), err
}

func controlComputerNetwork(c *Computer, r *http.Request) (any, error) {
	body, err := read[struct{ On bool }](r)
	if err != nil {
		return nil, err
	}
	c.SetNetwork(body.On)
	return done(), nil
}

func controlComputerMessages(c *Computer, r *http.Request) (any, error) {
	return c.Messages(r.URL.Query().Get("peer")), nil
}

func controlComputerTyping(c *Computer, r *http.Request) (any, error) {
	return typingCall(&c.endpoint, r)
}

func controlComputerAvailable(c *Computer, r *http.Request) (any, error) {
	body, err := read[struct{ On bool }](r)
	if err != nil {
		return nil, err
	}
	c.SetAvailable(body.On)
	return done(), nil
}

func controlTyping(p *Phone, r *http.Request) (any, error) { return typingCall(&p.endpoint, r) }

func typingCall(p *endpoint, r *http.Request) (any, error) {
	body, err := read[struct {
		To   string
		Kind Typing
	}](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetTyping(body.To, body.Kind)
}

func controlBehave(p *Phone, r *http.Request) (any, error) {
	body, err := read[Behaviour](r)
	if err != nil {
		return nil, err
	}
	return done(), p.Behave(body)
}

func controlPicture(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		JPEG   []byte
		Avatar string
	}](r)
	if err != nil {
		return nil, err
	}
	if body.Avatar != "" {
		p.SetAvatar(body.Avatar)
	} else if err := p.SetPicture(r.Context(), body.JPEG); err != nil {
		return nil, err
	}
	return map[string]string{"id": p.PictureID()}, nil
}

func controlAbout(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Text string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetAbout(r.Context(), body.Text)
}

func controlBusiness(p *Phone, r *http.Request) (any, error) {
	body, err := read[BusinessProfile](r)
	if err != nil {
		return nil, err
	}
	p.SetBusinessProfile(body)
	return done(), nil
}

func controlBlock(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Number string
		On     bool
	}](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetBlocked(body.Number, body.On)
}

func controlPrivacy(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Name, Value string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetPrivacy(r.Context(), body.Name, body.Value)
}

func controlNewChatTimer(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Seconds int }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetDisappearing(r.Context(), time.Duration(body.Seconds)*time.Second)
}

package wasim

import (
	"net/http"
	"time"
)

// stateRoutes are what a phone's owner does that linked devices learn through the app state, and what the phone has from
// before the simulation.
func (s *Server) stateRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"GET /phones/{number}/state":          s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.State(), nil }),
		"GET /phones/{number}/chat":           s.phoneCall(func(p *Phone, r *http.Request) (any, error) { return p.Chat(r.URL.Query().Get("peer")) }),
		"POST /phones/{number}/contact":       s.phoneCall(controlContact),
		"POST /phones/{number}/archive":       s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.Archive(r.Context(), c.Peer, c.On) })),
		"POST /phones/{number}/pin":           s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.Pin(r.Context(), c.Peer, c.On) })),
		"POST /phones/{number}/mute":          s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.Mute(r.Context(), c.Peer, c.On, c.Until) })),
		"POST /phones/{number}/unread":        s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.MarkUnread(r.Context(), c.Peer, c.On) })),
		"POST /phones/{number}/star":          s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.Star(r.Context(), c.Peer, c.ID, c.On) })),
		"POST /phones/{number}/mute-status":   s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.MuteStatus(r.Context(), c.Peer, c.On) })),
		"POST /phones/{number}/clear":         s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.ClearChat(r.Context(), c.Peer) })),
		"POST /phones/{number}/delete-chat":   s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.DeleteChat(r.Context(), c.Peer) })),
		"POST /phones/{number}/delete-for-me": s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error { return p.DeleteForMe(r.Context(), c.Peer, c.ID) })),
		"POST /phones/{number}/label":         s.phoneCall(controlLabel),
		"POST /phones/{number}/label-chat": s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error {
			return p.LabelChat(r.Context(), c.Peer, c.Label, c.On)
		})),
		"POST /phones/{number}/label-message": s.phoneCall(chatCall(func(p *Phone, r *http.Request, c chatBody) error {
			return p.LabelMessage(r.Context(), c.Peer, c.Label, c.ID, c.On)
		})),
		"POST /phones/{number}/quick-reply": s.phoneCall(controlQuickReply),
		"POST /phones/{number}/settings":    s.phoneCall(controlSettings),
		"POST /phones/{number}/rotate-key":  s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { p.RotateStateKey(); return done(), nil }),
		"POST /phones/{number}/past":        s.phoneCall(controlPast),
		"POST /phones/{number}/history":     s.phoneCall(controlFill),
		"GET /phones/{number}/history":      s.phoneCall(controlHistory),
	}
}

// chatBody is the body of a request about one chat.
type chatBody struct {
	Peer, ID, Label string
	On              bool
	Until           time.Time
}

func chatCall(f func(*Phone, *http.Request, chatBody) error) func(*Phone, *http.Request) (any, error) {
	return func(p *Phone, r *http.Request) (any, error) {
		body, err := read[chatBody](r)
		if err != nil {
			return nil, err
		}
		return done(), f(p, r, body)
	}
}

func controlContact(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Number, Name string }](r)
	if err != nil {
		return nil, err
	}
	if body.Name == "" {
		return done(), p.RemoveContact(r.Context(), body.Number)
	}
	return done(), p.SaveContact(r.Context(), body.Number, body.Name)
}

func controlLabel(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Label
		Deleted bool
	}](r)
	if err != nil {
		return nil, err
	}
	if body.Deleted {
		return done(), p.DeleteLabel(r.Context(), body.ID)
	}
	id, err := p.EditLabel(r.Context(), body.Label)
	return map[string]string{"id": id}, err
}

func controlQuickReply(p *Phone, r *http.Request) (any, error) {
	body, err := read[QuickReply](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SaveQuickReply(r.Context(), body)
}

func controlSettings(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Locale          *string
		UnarchiveChats  *bool
		TwentyFourHours *bool
	}](r)
	if err != nil {
		return nil, err
	}
	if body.Locale != nil {
		err = p.SetLocale(r.Context(), *body.Locale)
	}
	if err == nil && body.UnarchiveChats != nil {
		err = p.SetUnarchiveChats(r.Context(), *body.UnarchiveChats)
	}
	if err == nil && body.TwentyFourHours != nil {
		err = p.SetTwentyFourHours(r.Context(), *body.TwentyFourHours)
	}
	return done(), err
}

func controlFill(p *Phone, r *http.Request) (any, error) {
	body, err := read[HistoryOptions](r)
	if err != nil {
		return nil, err
	}
	return done(), p.FillHistory(body)
}

func controlHistory(p *Phone, _ *http.Request) (any, error) {
	return p.s.ledger.History(Filter{From: p.Number()}), nil
}

func controlPast(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Peer     string
		Messages []PastMessage
	}](r)
	if err != nil {
		return nil, err
	}
	return counted(len(body.Messages)), p.AddPast(body.Peer, body.Messages)
}

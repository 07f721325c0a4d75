package wasim

import (
	"net/http"
	"time"
)

// contentRoutes are what a phone's owner writes besides texts, and the files of messages.
func (s *Server) contentRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"POST /phones/{number}/message":      s.phoneCall(controlMessage),
		"POST /phones/{number}/react":        s.phoneCall(controlReact),
		"POST /phones/{number}/edit":         s.phoneCall(controlEdit),
		"POST /phones/{number}/delete":       s.phoneCall(controlDelete),
		"POST /phones/{number}/pin-message":  s.phoneCall(controlPinMessage),
		"POST /phones/{number}/vote":         s.phoneCall(controlVote),
		"POST /phones/{number}/timer":        s.phoneCall(controlTimer),
		"GET /phones/{number}/media/{id}":    s.phoneCall(controlFile),
		"DELETE /phones/{number}/media/{id}": s.phoneCall(controlDropFile),
		"POST /phones/{number}/media/expire": s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return counted(p.ExpireMedia()), nil }),
		"POST /media/expire":                 func(*http.Request) (any, error) { return counted(s.ExpireMedia()), nil },
	}
}

// named is the body of a request about one message of a chat.
type named struct {
	// Peer is a number or a group's JID.
	Peer string `json:"peer"`
	ID   string `json:"id"`
}

func sent(id string, err error) (any, error) { return map[string]string{"id": id}, err }

func controlMessage(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		To string
		Draft
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.Write(r.Context(), body.To, body.Draft))
}

func controlReact(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		named
		Emoji string
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.React(r.Context(), body.Peer, body.ID, body.Emoji))
}

func controlEdit(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		named
		Text string
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.Edit(r.Context(), body.Peer, body.ID, body.Text))
}

func controlDelete(p *Phone, r *http.Request) (any, error) {
	body, err := read[named](r)
	if err != nil {
		return nil, err
	}
	return sent(p.Delete(r.Context(), body.Peer, body.ID))
}

func controlPinMessage(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		named
		On bool
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.PinMessage(r.Context(), body.Peer, body.ID, body.On))
}

func controlVote(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		named
		Options []string
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.Vote(r.Context(), body.Peer, body.ID, body.Options...))
}

func controlTimer(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Peer    string
		Seconds uint32
	}](r)
	if err != nil {
		return nil, err
	}
	return sent(p.SetTimer(r.Context(), body.Peer, time.Duration(body.Seconds)*time.Second))
}

func controlFile(p *Phone, r *http.Request) (any, error) {
	raw, err := p.File(r.URL.Query().Get("peer"), r.PathValue("id"))
	return map[string][]byte{"data": raw}, err
}

func controlDropFile(p *Phone, r *http.Request) (any, error) {
	return done(), p.DropFile(r.URL.Query().Get("peer"), r.PathValue("id"))
}

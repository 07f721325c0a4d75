package wasim

import (
	"context"
	"net/http"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// sessionRoutes are how devices are linked by code, what the service does to an account, and how identities change.
func (s *Server) sessionRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"POST /phones/{number}/enter-code":       s.phoneCall(controlEnterCode),
		"GET /phones/{number}/time-lock":         s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.TimeLock(), nil }),
		"POST /phones/{number}/time-lock":        s.phoneCall(controlTimeLock),
		"POST /phones/{number}/half-open":        s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { p.HalfOpen(); return done(), nil }),
		"POST /phones/{number}/lose-prekeys":     s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { p.LosePreKeys(); return done(), nil }),
		"POST /phones/{number}/clock":            s.phoneCall(controlClock),
		"POST /phones/{number}/requires-passkey": s.phoneCall(controlSwitch((*Phone).SetRequiresPasskey)),
		"POST /phones/{number}/use-passkey":      s.phoneCall(controlUsePasskey),
		"POST /phones/{number}/stall":            s.phoneCall(controlSwitch((*Phone).Stall)),
		"POST /phones/{number}/hide-number":      s.phoneCall(controlSwitch((*Phone).SetNumberHidden)),
		"POST /phones/{number}/share-mapping":    s.phoneCall(controlShareMapping),
		"POST /phones/{number}/change-number":    s.phoneCall(controlChangeNumber),
		"POST /phones/{number}/reinstall":        s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return done(), p.Reinstall() }),
		"GET /phones/{number}/link-requests":     s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.LinkRequests(), nil }),
	}
}

func controlEnterCode(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Code string }](r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), scanPatience)
	defer cancel()
	return p.EnterCode(ctx, body.Code)
}

func controlTimeLock(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Kind    string
		Seconds int
	}](r)
	if err != nil {
		return nil, err
	}
	p.SetTimeLock(body.Kind, time.Duration(body.Seconds)*time.Second)
	return p.TimeLock(), nil
}

func controlShareMapping(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Number string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.ShareMapping(r.Context(), body.Number)
}

func controlChangeNumber(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Number string
		NewLID bool
	}](r)
	if err != nil {
		return nil, err
	}
	if err = p.ChangeNumber(body.Number, body.NewLID); err != nil {
		return nil, err
	}
	return p.view(), nil
}

func controlClock(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ MS int }](r)
	if err != nil {
		return nil, err
	}
	p.SetClock(time.Duration(body.MS) * time.Millisecond)
	return done(), nil
}

func controlUsePasskey(p *Phone, r *http.Request) (any, error) {
	options, err := read[types.WebAuthnPublicKey](r)
	if err != nil {
		return nil, err
	}
	return p.UsePasskey(&options)
}

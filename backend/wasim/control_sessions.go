package wasim

import (
	"context"
	"net/http"
)

// sessionRoutes are how devices are linked by code, what the service does to an account, and how identities change.
func (s *Server) sessionRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"POST /phones/{number}/enter-code":   s.phoneCall(controlEnterCode),
		"GET /phones/{number}/link-requests": s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.LinkRequests(), nil }),
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

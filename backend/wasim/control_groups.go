package wasim

import "net/http"

// groupRoutes are what a phone's owner does with groups. Writing to a group, reading it and its messages are the routes of
// other chats, with the group's JID in place of a number.
func (s *Server) groupRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"GET /phones/{number}/groups":                      s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.Groups(), nil }),
		"POST /phones/{number}/groups":                     s.phoneCall(controlCreateGroup),
		"GET /phones/{number}/groups/{group}":              s.phoneCall(func(p *Phone, r *http.Request) (any, error) { return p.Group(r.PathValue("group")) }),
		"POST /phones/{number}/groups/{group}/subject":     s.phoneCall(controlGroupText((*Phone).SetSubject)),
		"POST /phones/{number}/groups/{group}/description": s.phoneCall(controlGroupText((*Phone).SetDescription)),
		"POST /phones/{number}/groups/{group}/ephemeral":   s.phoneCall(controlGroupEphemeral),
		"POST /phones/{number}/groups/{group}/mode":        s.phoneCall(controlGroupMode),
		"POST /phones/{number}/groups/{group}/members":     s.phoneCall(controlGroupMembers),
		"POST /phones/{number}/groups/{group}/decide":      s.phoneCall(controlGroupDecide),
		"POST /phones/{number}/groups/{group}/leave": s.phoneCall(func(p *Phone, r *http.Request) (any, error) {
			return done(), p.LeaveGroup(r.PathValue("group"))
		}),
		"GET /phones/{number}/groups/{group}/invite":  s.phoneCall(controlGroupInvite(false)),
		"POST /phones/{number}/groups/{group}/invite": s.phoneCall(controlGroupInvite(true)),
		"POST /phones/{number}/join":                  s.phoneCall(controlJoinGroup),
		"POST /phones/{number}/groups/{group}/add":    s.phoneCall(controlInviteToGroup),
		"POST /phones/{number}/accept":                s.phoneCall(controlAcceptInvitation),
	}
}

func controlCreateGroup(p *Phone, r *http.Request) (any, error) {
	options, err := read[GroupOptions](r)
	if err != nil {
		return nil, err
	}
	jid, err := p.CreateGroup(options)
	if err != nil {
		return nil, err
	}
	return p.Group(jid)
}

func controlGroupText(set func(p *Phone, group, text string) error) func(*Phone, *http.Request) (any, error) {
	return func(p *Phone, r *http.Request) (any, error) {
		body, err := read[struct{ Text string }](r)
		if err != nil {
			return nil, err
		}
		return done(), set(p, r.PathValue("group"), body.Text)
	}
}

func controlGroupEphemeral(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Seconds int }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetEphemeral(r.PathValue("group"), body.Seconds)
}

func controlGroupMode(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Mode GroupMode
		On   bool
	}](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetGroupMode(r.PathValue("group"), body.Mode, body.On)
}

func controlGroupMembers(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Change  MemberChange
		Numbers []string
	}](r)
	if err != nil {
		return nil, err
	}
	codes, err := p.ChangeMembers(r.PathValue("group"), body.Change, body.Numbers...)
	return map[string]map[string]int{"codes": codes}, err
}

func controlGroupDecide(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		Let     bool
		Numbers []string
	}](r)
	if err != nil {
		return nil, err
	}
	return done(), p.DecideJoin(r.PathValue("group"), body.Let, body.Numbers...)
}

func controlGroupInvite(reset bool) func(*Phone, *http.Request) (any, error) {
	return func(p *Phone, r *http.Request) (any, error) {
		code, err := p.InviteCode(r.PathValue("group"), reset)
		return map[string]string{"code": code}, err
	}
}

func controlInviteToGroup(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Number string }](r)
	if err != nil {
		return nil, err
	}
	id, err := p.InviteToGroup(r.Context(), r.PathValue("group"), body.Number)
	return map[string]string{"id": id}, err
}

func controlAcceptInvitation(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Peer, ID string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.AcceptInvitation(body.Peer, body.ID)
}

func controlJoinGroup(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Code string }](r)
	if err != nil {
		return nil, err
	}
	jid, joined, err := p.JoinGroup(body.Code)
	return map[string]any{"jid": jid, "joined": joined}, err
}

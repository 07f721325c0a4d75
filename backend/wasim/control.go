package wasim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// maxControlBody bounds the body of a control request.
const maxControlBody = 16 << 20

// maxBurst bounds how many messages one request sends.
const maxBurst = 100_000

// scanPatience bounds a scan that was asked for over HTTP.
const scanPatience = 2 * time.Minute

// ControlHandler is the JSON interface to a server in another process. Serve it on a loopback listener of its own. Every
// answer is JSON; an error is {"error": "…"} with status 400, 403, 404, 409 or 500. Numbers in paths come with or without plus.
//
//	GET    /phones                       list of PhoneView
//	POST   /phones                       PhoneOptions → PhoneView
//	GET    /phones/{number}              PhoneView
//	POST   /phones/{number}/scan         {"qr"} → ScanResult
//	POST   /phones/{number}/scan-outdated  {"qr"}: with an application that cannot link devices
//	POST   /phones/{number}/enter-code   {"code"} → ScanResult
//	POST   /phones/{number}/requires-passkey  {"on"}: linking demands the owner's passkey
//	POST   /phones/{number}/use-passkey  the options that the client got → WebAuthn response
//	POST   /phones/{number}/clock        {"ms"}: its own clock is ahead by this
//	POST   /phones/{number}/hide-number  {"on"}: others see the LID only
//	POST   /phones/{number}/share-mapping  {"number"}: tell the linked devices whose LID it is
//	POST   /phones/{number}/change-number  {"number","newLID"} → PhoneView
//	POST   /phones/{number}/reinstall    new keys: the security code changes
//	GET    /phones/{number}/link-requests  list of LinkRequest
//	POST   /phones/{number}/send         {"to","text"} → {"id"}
//	POST   /phones/{number}/burst        {"to","prefix","count"} → {"ids"}
//	POST   /phones/{number}/read         {"peer"} → {"count"}
//	GET    /phones/{number}/messages     ?peer= → list of ChatMessage; a group's JID is a peer here and above
//	POST   /phones/{number}/message      Draft with "to" → {"id"}: a message of any kind
//	POST   /phones/{number}/react        {"peer","id","emoji"}, empty to take it back → {"id"}
//	POST   /phones/{number}/edit         {"peer","id","text"} → {"id"}
//	POST   /phones/{number}/delete       {"peer","id"}: for everyone → {"id"}
//	POST   /phones/{number}/pin-message  {"peer","id","on"} → {"id"}
//	POST   /phones/{number}/vote         {"peer","id","options"} → {"id"}
//	POST   /phones/{number}/timer        {"peer","seconds"}: disappearing messages, 0 for none → {"id"}
//	GET    /phones/{number}/media/{id}   ?peer= → {"data"}: the decrypted file of a message
//	DELETE /phones/{number}/media/{id}   ?peer=: the phone loses the file
//	POST   /phones/{number}/media/expire → {"count"}: what the account uploaded answers 410 from now on
//	POST   /media/expire                 → {"count"}: so does what anyone uploaded
//	POST   /phones/{number}/network      {"on"}: of the linked devices
//	POST   /phones/{number}/own-network  {"on"}: of the phone itself
//	POST   /phones/{number}/reads        {"on"}: read everything at once
//	POST   /phones/{number}/name         {"name"}
//	POST   /phones/{number}/unlink       {"device"}, 0 for all → {"count"}
//	POST   /phones/{number}/replace      {"device"}
//	POST   /phones/{number}/drop         → {"count"}
//	POST   /phones/{number}/end          {"code"}: stream error
//	POST   /phones/{number}/black-hole
//	POST   /phones/{number}/numb         nothing is pushed to the linked devices any more
//	POST   /phones/{number}/stall        {"on"}: hold back what is for the linked devices
//	POST   /phones/{number}/half-open
//	POST   /phones/{number}/lose-prekeys
//	GET    /phones/{number}/time-lock    TimeLock
//	POST   /phones/{number}/time-lock    {"kind","seconds"}, 0 ends it → TimeLock
//	POST   /phones/{number}/slow         {"ms"}
//	GET    /phones/{number}/groups       list of Group
//	POST   /phones/{number}/groups       GroupOptions → Group
//	GET    /phones/{number}/groups/{jid} Group
//	POST   /phones/{number}/groups/{jid}/subject, …/description {"text"}, …/ephemeral {"seconds"}, …/mode {"mode","on"}
//	POST   /phones/{number}/groups/{jid}/members {"change","numbers"} → {"codes"}, …/decide {"let","numbers"}, …/leave
//	GET    /phones/{number}/groups/{jid}/invite → {"code"}; POST makes a new one
//	POST   /phones/{number}/groups/{jid}/add {"number"} → {"id"} of an invitation, empty when none was needed
//	POST   /phones/{number}/join         {"code"} → {"jid","joined"}; /accept {"peer","id"} takes an invitation
//	POST   /phones/{number}/archive, pin, mute, unread, star, mute-status, clear, delete-chat, delete-for-me,
//	         label-chat, label-message   {"peer","on","until","id","label"}, as far as they apply
//	POST   /phones/{number}/contact      {"number","name"}, no name removes it
//	POST   /phones/{number}/label        Label and {"deleted"} → {"id"};  /quick-reply QuickReply
//	POST   /phones/{number}/settings     {"locale","unarchiveChats","twentyFourHours"}, as far as they are there
//	POST   /phones/{number}/rotate-key   a new app state key
//	GET    /phones/{number}/state        StateView;  /chat?peer= ChatView
//	GET    /phones/{number}/profile      ProfileView
//	POST   /phones/{number}/picture      {"jpeg"} or {"avatar": name}, neither removes it → {"id"};  /about {"text"}
//	POST   /phones/{number}/business     BusinessProfile
//	POST   /phones/{number}/typing       {"to","kind"}: composing, recording, paused;  /available {"on"}
//	POST   /phones/{number}/block        {"number","on"};  /privacy {"name","value"};  /new-chat-timer {"seconds"}
//	POST   /phones/{number}/behave       Behaviour: what the phone does by itself; GET tells
//	POST   /phones/{number}/computers    {"name"} → {"device","name"}; DELETE …/computers/{id} unlinks it
//	POST   /phones/{number}/computers/{id}/send, read, network, typing, available; GET …/messages: like the phone's
//	POST   /phones/{number}/past         {"peer","messages": list of PastMessage} → {"count"}
//	POST   /phones/{number}/history      HistoryOptions: a past that is made up; GET: list of HistoryChunk
//	POST   /faults                       Fault
//	DELETE /faults
//	POST   /server/stop, /server/start   {"memory"}, /server/drop, /server/min-version {"version"}
//	GET    /ledger                       Book; ?deliveries=1 with from, to, id, device, linked: list of Delivery
//	GET    /ledger/totals                Totals
//	GET    /transcript                   text
func (s *Server) ControlHandler() http.Handler {
	mux := http.NewServeMux()
	for _, routes := range []map[string]controlFunc{
		s.phoneRoutes(),
		s.groupRoutes(),
		s.contentRoutes(),
		s.sessionRoutes(),
		s.stateRoutes(),
		s.peopleRoutes(),
		s.serverRoutes(),
	} {
		for pattern, handler := range routes {
			mux.HandleFunc(pattern, s.control(handler))
		}
	}
	mux.HandleFunc("GET /transcript", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := w.Write([]byte(s.Transcript())); err != nil {
			s.log.Debug().Err(err).Msg("transcript")
		}
	})
	return mux
}

// phoneRoutes are what a phone's owner does, and what happens to one account's linked devices.
func (s *Server) phoneRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"GET /phones":                       s.controlPhones,
		"POST /phones":                      s.controlNewPhone,
		"GET /phones/{number}":              s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return p.view(), nil }),
		"POST /phones/{number}/scan":        s.phoneCall(controlScan),
		"POST /phones/{number}/send":        s.phoneCall(controlSend),
		"POST /phones/{number}/burst":       s.phoneCall(controlBurst),
		"POST /phones/{number}/read":        s.phoneCall(controlRead),
		"GET /phones/{number}/messages":     s.phoneCall(controlMessages),
		"POST /phones/{number}/network":     s.phoneCall(controlSwitch((*Phone).SetNetwork)),
		"POST /phones/{number}/own-network": s.phoneCall(controlSwitch((*Phone).SetOwnNetwork)),
		"POST /phones/{number}/reads":       s.phoneCall(controlSwitch((*Phone).SetReadsAtOnce)),
		"POST /phones/{number}/name":        s.phoneCall(controlName),
		"POST /phones/{number}/unlink":      s.phoneCall(controlUnlink),
		"POST /phones/{number}/replace":     s.phoneCall(controlReplace),
		"POST /phones/{number}/drop":        s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { return counted(p.DropConnections()), nil }),
		"POST /phones/{number}/end":         s.phoneCall(controlEnd),
		"POST /phones/{number}/black-hole":  s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { p.BlackHole(); return done(), nil }),
		"POST /phones/{number}/numb":        s.phoneCall(func(p *Phone, _ *http.Request) (any, error) { p.Numb(); return done(), nil }),
		"POST /phones/{number}/slow":        s.phoneCall(controlSlow),
	}
}

// serverRoutes are the service's own: faults, restarts and the ledger.
func (s *Server) serverRoutes() map[string]controlFunc {
	return map[string]controlFunc{
		"POST /faults":             s.controlInject,
		"DELETE /faults":           func(*http.Request) (any, error) { s.ClearFaults(); return done(), nil },
		"POST /server/stop":        func(*http.Request) (any, error) { return done(), s.Stop() },
		"POST /server/start":       s.controlStart,
		"POST /server/drop":        func(*http.Request) (any, error) { return counted(s.DropAll()), nil },
		"POST /server/min-version": s.controlMinVersion,
		"GET /ledger":              s.controlLedger,
		"GET /ledger/totals":       func(*http.Request) (any, error) { return s.ledger.Totals(), nil },
	}
}

// PhoneView is a phone as the control interface shows it.
type PhoneView struct {
	Number  string         `json:"number"`
	Name    string         `json:"name"`
	JID     string         `json:"jid"`
	LID     string         `json:"lid"`
	Devices []LinkedDevice `json:"devices"`
	Peers   []string       `json:"peers"`
}

func (p *Phone) view() PhoneView {
	return PhoneView{Number: p.Number(), Name: p.Name(), JID: p.JID(), LID: p.LID(), Devices: p.LinkedDevices(), Peers: p.Peers()}
}

type controlFunc func(r *http.Request) (any, error)

// control turns a function into a handler that answers JSON.
func (s *Server) control(f controlFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxControlBody)
		status := http.StatusOK
		var answer any
		err := errWebPage
		if r.Header.Get("Origin") == "" {
			answer, err = f(r)
		}
		if err != nil {
			status, answer = statusOf(err), map[string]string{"error": err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			s.log.Debug().Err(err).Msg("control answer")
		}
	}
}

// errWebPage keeps web pages, which can reach loopback addresses too, from playing with the simulator.
var errWebPage = errors.New("requests from web pages are refused")

// errBadRequest is the fault of whoever sent a control request.
var errBadRequest = errors.New("request is malformed")

func statusOf(err error) int {
	switch {
	case errors.Is(err, errWebPage), errors.Is(err, ErrGroupRefused):
		return http.StatusForbidden
	case errors.Is(err, ErrUnknownNumber), errors.Is(err, ErrUnknownDevice), errors.Is(err, ErrUnknownGroup),
		errors.Is(err, ErrUnknownMessage), errors.Is(err, ErrNoFile):
		return http.StatusNotFound
	case errors.Is(err, ErrNumberTaken), errors.Is(err, ErrQRExpired), errors.Is(err, ErrCodeExpired), errors.Is(err, ErrWrongCode), errors.Is(err, ErrPhoneOffline), errors.Is(err, ErrPasskeyMissing),
		errors.Is(err, ErrTooManyDevices), errors.Is(err, ErrPairingInterrupted):
		return http.StatusConflict
	case errors.Is(err, errBadRequest), errors.Is(err, ErrBadPicture), errors.Is(err, ErrBadSetting), errors.Is(err, ErrBadBehaviour), errors.Is(err, ErrBadNumber), errors.Is(err, ErrBadFault), errors.Is(err, ErrBadQR), errors.Is(err, ErrBadCode), errors.Is(err, ErrEmptyText),
		errors.Is(err, ErrBadDraft), errors.Is(err, ErrNotYours), errors.Is(err, ErrNotAPoll):
		return http.StatusBadRequest
	default:
		return http.StatusInternalServerError
	}
}

func (s *Server) phoneCall(f func(*Phone, *http.Request) (any, error)) controlFunc {
	return func(r *http.Request) (any, error) {
		p := s.Phone(r.PathValue("number"))
		if p == nil {
			return nil, ErrUnknownNumber
		}
		return f(p, r)
	}
}

func read[T any](r *http.Request) (T, error) {
	var body T
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return body, fmt.Errorf("%w: %w", errBadRequest, err)
	}
	return body, nil
}

func done() map[string]bool        { return map[string]bool{"ok": true} }
func counted(n int) map[string]int { return map[string]int{"count": n} }

func (s *Server) controlPhones(*http.Request) (any, error) {
	views := make([]PhoneView, 0)
	for _, p := range s.Phones() {
		views = append(views, p.view())
	}
	return views, nil
}

func (s *Server) controlNewPhone(r *http.Request) (any, error) {
	options, err := read[PhoneOptions](r)
	if err != nil {
		return nil, err
	}
	p, err := s.NewPhone(options)
	if err != nil {
		return nil, err
	}
	return p.view(), nil
}

func controlScan(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ QR string }](r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), scanPatience)
	defer cancel()
	return p.Scan(ctx, body.QR)
}

func controlSend(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ To, Text string }](r)
	if err != nil {
		return nil, err
	}
	id, err := p.SendText(r.Context(), body.To, body.Text)
	return map[string]string{"id": id}, err
}

func controlBurst(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct {
		To, Prefix string
		Count      int
	}](r)
	if err != nil {
		return nil, err
	}
	if body.Count < 0 || body.Count > maxBurst {
		return nil, fmt.Errorf("%w: count", errBadRequest)
	}
	ids, err := p.Burst(r.Context(), body.To, body.Prefix, body.Count)
	return map[string][]string{"ids": ids}, err
}

func controlRead(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Peer string }](r)
	if err != nil {
		return nil, err
	}
	n, err := p.MarkRead(body.Peer)
	return counted(n), err
}

func controlMessages(p *Phone, r *http.Request) (any, error) {
	return p.Messages(r.URL.Query().Get("peer")), nil
}

func controlSwitch(set func(*Phone, bool)) func(*Phone, *http.Request) (any, error) {
	return func(p *Phone, r *http.Request) (any, error) {
		body, err := read[struct{ On bool }](r)
		if err != nil {
			return nil, err
		}
		set(p, body.On)
		return done(), nil
	}
}

func controlName(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Name string }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.SetName(r.Context(), body.Name)
}

func controlUnlink(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Device uint16 }](r)
	if err != nil {
		return nil, err
	}
	if body.Device == 0 {
		return counted(p.UnlinkAll()), nil
	}
	return counted(1), p.Unlink(body.Device)
}

func controlReplace(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Device uint16 }](r)
	if err != nil {
		return nil, err
	}
	return done(), p.Replace(body.Device)
}

func controlEnd(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ Code int }](r)
	if err != nil {
		return nil, err
	}
	p.EndStreams(body.Code)
	return done(), nil
}

func controlSlow(p *Phone, r *http.Request) (any, error) {
	body, err := read[struct{ MS int }](r)
	if err != nil {
		return nil, err
	}
	p.SetSlow(time.Duration(body.MS) * time.Millisecond)
	return done(), nil
}

func (s *Server) controlInject(r *http.Request) (any, error) {
	fault, err := read[Fault](r)
	if err != nil {
		return nil, err
	}
	return done(), s.Inject(fault)
}

func (s *Server) controlStart(r *http.Request) (any, error) {
	body, err := read[struct{ Memory bool }](r)
	if err != nil {
		return nil, err
	}
	return done(), s.Start(body.Memory)
}

func (s *Server) controlMinVersion(r *http.Request) (any, error) {
	body, err := read[struct{ Version [3]uint32 }](r)
	if err != nil {
		return nil, err
	}
	s.SetMinClientVersion(body.Version)
	return done(), nil
}

func (s *Server) controlLedger(r *http.Request) (any, error) {
	q := r.URL.Query()
	if q.Get("deliveries") == "" {
		return s.ledger.Book(), nil
	}
	f := Filter{ID: q.Get("id"), From: q.Get("from"), To: q.Get("to"), LinkedOnly: q.Get("linked") != ""}
	if q.Get("device") != "" {
		n, err := strconv.ParseUint(q.Get("device"), 10, 8)
		if err != nil {
			return nil, fmt.Errorf("%w: device", errBadRequest)
		}
		device := uint16(n)
		f.ToDevice = &device
	}
	return s.ledger.Deliveries(f), nil
}

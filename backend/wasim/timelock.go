package wasim

import (
	"encoding/json"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// An account that reached out to too many strangers may not start new chats for a while. Messages to people with whom
// there is a chat already go through; the others are refused:
//
//	← <ack class="message" id from error="463"/>
//
// The same refusal without a time-lock means that the service wants proof that the two know each other (FaultRejectSend).
// The devices of the account are told when the lock begins and ends, and can ask (mex.go):
//
//	← <notification type="mex" from="s.whatsapp.net"><update op_name="NotificationUserReachoutTimelockUpdate">
//	    {"data":{"xwa2_notify_account_reachout_timelock":
//	      {"is_active":true,"enforcement_type":"DEFAULT","time_enforcement_ends":"1700000000"}}}</update></notification>

// failureTimeLocked is the error of a message that a time-lock does not let through.
const failureTimeLocked = 463

// The kinds of time-locks that behave differently. Others, such as "BIZ_QUALITY", only have another name.
const (
	// TimeLockDefault stops every device of the account.
	TimeLockDefault = "DEFAULT"
	// TimeLockCompanions stops linked devices only.
	TimeLockCompanions = "WEB_COMPANION_ONLY"
)

// TimeLock is the state of an account that may not start new chats. The zero value is an account that may.
type TimeLock struct {
	// Active tells whether there is a lock now.
	Active bool `json:"active"`
	// Kind is its enforcement type.
	Kind string `json:"kind,omitempty"`
	// Ends is when it is over by itself.
	Ends time.Time `json:"ends,omitzero"`
}

// news is a time-lock as GraphQL has it, both in notifications and in answers.
func (l TimeLock) news() map[string]any {
	if !l.Active {
		return map[string]any{"is_active": false, "enforcement_type": TimeLockDefault}
	}
	return map[string]any{
		"is_active": true, "enforcement_type": l.Kind, "time_enforcement_ends": strconv.FormatInt(l.Ends.Unix(), 10),
	}
}

// SetTimeLock keeps the account from starting new chats for a time; 0 ends that. An empty kind is TimeLockDefault. The
// account's linked devices are told, now and when the time is over.
func (p *Phone) SetTimeLock(kind string, lasts time.Duration) {
	if kind == "" {
		kind = TimeLockDefault
	}
	lock := &TimeLock{Active: true, Kind: kind, Ends: p.s.now().Add(lasts)}
	if lasts <= 0 {
		lock = &TimeLock{}
	}
	a := p.account
	a.mu.Lock()
	a.timeLock = lock
	a.mu.Unlock()
	p.s.tellTimeLock(a, *lock)
	if lock.Active {
		p.s.after(lasts, func() { p.s.endTimeLock(a, lock) })
	}
}

// TimeLock tells whether the account may not start new chats, and until when.
func (p *Phone) TimeLock() TimeLock { return p.account.currentTimeLock() }

func (a *account) currentTimeLock() TimeLock {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timeLock == nil {
		return TimeLock{}
	}
	return *a.timeLock
}

// endTimeLock ends a lock whose time is over, unless another one has taken its place.
func (s *Server) endTimeLock(a *account, lock *TimeLock) {
	a.mu.Lock()
	current := a.timeLock == lock
	if current {
		a.timeLock = nil
	}
	a.mu.Unlock()
	if current {
		s.tellTimeLock(a, TimeLock{})
	}
}

func (s *Server) tellTimeLock(a *account, lock TimeLock) {
	body, err := json.Marshal(map[string]any{"data": map[string]any{"xwa2_notify_account_reachout_timelock": lock.news()}})
	if err != nil {
		s.log.Error().Err(err).Msg("time-lock cannot be encoded")
		return
	}
	update := waBinary.Node{Tag: "update", Attrs: attrs{"op_name": "NotificationUserReachoutTimelockUpdate"}, Content: body}
	for _, d := range a.deviceList() {
		if d.id != 0 {
			s.notify(d, types.ServerJID, "mex", update)
		}
	}
}

// isTimeLocked tells whether a device may not write to someone: there is no chat yet, and a time-lock.
func (d *device) isTimeLocked(to *account) bool {
	lock := d.account.currentTimeLock()
	if !lock.Active || to == d.account || lock.Kind == TimeLockCompanions && d.id == 0 {
		return false
	}
	d.account.mu.Lock()
	defer d.account.mu.Unlock()
	_, known := d.account.peers[to]
	return !known
}

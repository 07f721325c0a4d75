package wasim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Who may see what of an account, and the timer that its new chats start with, are settings on the server:
//
//	→ <iq xmlns="privacy" type="get"><privacy/></iq>
//	← <privacy><category name="last" value="contacts"/>…</privacy>
//	→ <iq xmlns="privacy" type="set"><privacy><category name="last" value="none"/></privacy></iq>
//	→ <iq xmlns="disappearing_mode" type="set"><disappearing_mode duration="604800"/></iq>
//	← to the account's other devices: <notification type="account_sync" from t>
//	    <privacy><category name="last" value="none"/></privacy> or <disappearing_mode duration t/></notification>
//
// The settings have effects where their subject is: picture.go (profile), usync.go (status), presence.go (last, online),
// chat.go (readreceipts).

// privacyValues are the values that a setting can have; the first is what an account that changed nothing has. Names and
// values are those of the service.
func privacyValues(setting string) []string {
	switch setting {
	case "last", "status", "profile", "groupadd":
		return []string{"all", "contacts", "contact_blacklist", "none"}
	case "readreceipts":
		return []string{"all", "none"}
	case "online":
		return []string{"all", "match_last_seen"}
	case "calladd":
		return []string{"all", "known"}
	case "messages":
		return []string{"all", "contacts"}
	case "defense":
		return []string{"off", "on_standard"}
	case "stickers":
		return []string{"contacts", "contact_allowlist", "none"}
	default:
		return nil
	}
}

// ErrBadSetting means that there is no such setting, or that it cannot have this value.
var ErrBadSetting = errors.New("no such setting or value")

// iqPrivacy serves the account's privacy settings, and takes the tokens of trust.go, which share the namespace.
func (s *Server) iqPrivacy(d *device, node *waBinary.Node) *waBinary.Node {
	if tokens, ok := node.GetOptionalChildByTag("tokens"); ok {
		return s.issueTokens(d, *node, tokens)
	}
	change, ok := node.GetOptionalChildByTag("privacy")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	a := d.account
	if attrString(node, "type") == "set" {
		for _, category := range change.GetChildrenByTag("category") {
			if !s.setPrivacy(d, attrString(&category, "name"), attrString(&category, "value")) {
				return iqError(node, 400, "bad-request")
			}
		}
	}
	settings := a.privacySettings()
	categories := make([]waBinary.Node, 0, len(settings))
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		categories = append(categories, privacyCategory(name, settings[name]))
	}
	return iqResult(node, element("privacy", nil, categories...))
}

func privacyCategory(name, value string) waBinary.Node {
	return element("category", attrs{"name": name, "value": value})
}

// privacy is the value of one setting.
func (a *account) privacy(setting string) string {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	if value, changed := a.profile.settings[setting]; changed {
		return value
	}
	return privacyValues(setting)[0]
}

func (a *account) privacySettings() map[string]string {
	settings := make(map[string]string)
	for _, setting := range []string{"last", "status", "profile", "groupadd", "readreceipts", "online", "calladd", "messages", "defense", "stickers"} {
		settings[setting] = a.privacy(setting)
	}
	return settings
}

// setPrivacy changes one setting and tells the account's other devices. It returns false for what is no setting.
func (s *Server) setPrivacy(by *device, setting, value string) bool {
	if !slices.Contains(privacyValues(setting), value) {
		return false
	}
	by.account.profile.mu.Lock()
	by.account.profile.settings[setting] = value
	by.account.profile.mu.Unlock()
	s.tellOwn(by.account, by, element("privacy", nil, privacyCategory(setting, value)))
	return true
}

// disappearing is the timer that an account's new chats start with.
type disappearing struct {
	duration time.Duration // 0 for off
	at       time.Time     // when it was set
}

func (d disappearing) node() waBinary.Node {
	t := "0"
	if !d.at.IsZero() {
		t = strconv.FormatInt(d.at.Unix(), 10)
	}
	return element("disappearing_mode", attrs{"duration": strconv.Itoa(int(d.duration / time.Second)), "t": t})
}

// isTimer tells whether clients offer this timer: off, a day, a week, 90 days.
func isTimer(d time.Duration) bool {
	const day = 24 * time.Hour
	return slices.Contains([]time.Duration{0, day, 7 * day, 90 * day}, d)
}

// iqDisappearing takes the timer for new chats.
func (s *Server) iqDisappearing(d *device, node *waBinary.Node) *waBinary.Node {
	mode, ok := node.GetOptionalChildByTag("disappearing_mode")
	if attrString(node, "type") == "get" {
		return iqResult(node, d.account.disappearing().node())
	}
	seconds, err := strconv.Atoi(attrString(&mode, "duration"))
	timer := time.Duration(seconds) * time.Second
	if !ok || err != nil || !isTimer(timer) {
		return iqError(node, 400, "bad-request")
	}
	s.setDisappearing(d, timer)
	return iqResult(node)
}

func (a *account) disappearing() disappearing {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	return a.profile.disappearing
}

func (s *Server) setDisappearing(by *device, timer time.Duration) {
	now := disappearing{duration: timer, at: s.now()}
	by.account.profile.mu.Lock()
	by.account.profile.disappearing = now
	by.account.profile.mu.Unlock()
	s.tellPeers(by.account, "disappearing_mode", now.node())
	s.tellOwn(by.account, by, now.node())
}

// beginChat gives a chat that nobody has written in the account's timer for new chats.
func (p *endpoint) beginChat(with party) {
	preset := p.account.disappearing()
	if _, person := with.(*account); !person || with == party(p.account) || preset.duration == 0 {
		return
	}
	p.mu.Lock()
	_, set := p.timers[with.label()]
	begun := set || p.chats[with.label()] != nil
	p.mu.Unlock()
	if !begun {
		p.setTimer(with, timer{seconds: uint32(preset.duration / time.Second), set: p.s.now().Unix()})
	}
}

// adoptTimer takes over the timer of a chat that somebody else has begun, which comes with each message.
func (p *endpoint) adoptTimer(with party, message *waE2E.Message) {
	if _, person := with.(*account); !person {
		return
	}
	inner, _ := unwrap(message)
	_, content := body(inner)
	about := contextOf(content)
	if about.GetExpiration() > 0 && about.GetEphemeralSettingTimestamp() > 0 {
		p.setTimer(with, timer{seconds: about.GetExpiration(), set: about.GetEphemeralSettingTimestamp()})
	}
}

// SetPrivacy changes one of the account's privacy settings, for example "last" to "none". Names and values are those of
// the service.
//
// Errors: ErrBadSetting.
func (p *Phone) SetPrivacy(ctx context.Context, setting, value string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !p.s.setPrivacy(p.dev, setting, value) {
		return fmt.Errorf("%w: %q cannot be %q", ErrBadSetting, setting, value)
	}
	return nil
}

// Privacy returns the account's privacy settings by name.
func (p *Phone) Privacy() map[string]string { return p.account.privacySettings() }

// SetDisappearing sets the timer that the account's new chats start with: 0 (off), a day, a week or 90 days.
//
// Errors: ErrBadSetting.
func (p *Phone) SetDisappearing(ctx context.Context, timer time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !isTimer(timer) {
		return fmt.Errorf("%w: timer of %s", ErrBadSetting, timer)
	}
	p.s.setDisappearing(p.dev, timer)
	return nil
}

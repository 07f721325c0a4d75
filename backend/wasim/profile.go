package wasim

import (
	"bytes"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// profile is what an account shows of itself and to whom. Its parts have a file each: about.go, picture.go, business.go,
// privacy.go, blocklist.go, trust.go, presence.go.
type profile struct {
	mu sync.Mutex

	about   about
	picture picture
	// business is nil for a private account.
	business *BusinessProfile
	// settings are the privacy settings that are not what every new account has.
	settings map[string]string
	// disappearing is the timer that new chats start with.
	disappearing disappearing
	// blocked are in the order in which they were blocked.
	blocked []*account
	// trusted are the people to whom the account has issued a token.
	trusted  map[*account]trust
	lastSeen time.Time
	// since is when the account was made, changed when the parts of its state were last changed (notices.go), as Unix times.
	since   int64
	changed map[string]int64
	// link is the code with which the owner shares the contact, empty before it was first asked for.
	link string
	// certificate is the signed name of a business account, made when it is first asked for.
	certificate []byte
}

func newProfile(o PhoneOptions, now time.Time) *profile {
	business := o.Business
	if business == nil && o.BusinessName != "" {
		business = &BusinessProfile{}
	}
	return &profile{
		about:    about{text: o.About, at: now},
		picture:  firstPicture(o, now),
		business: business,
		settings: make(map[string]string),
		trusted:  make(map[*account]trust),
		since:    now.Unix(),
		changed:  make(map[string]int64),
	}
}

// shows tells whether an account lets someone see what one of its privacy settings is about. token is what the asker has
// from the account, empty when it has nothing.
func (a *account) shows(setting string, asker *account, token []byte) bool {
	if a == asker {
		return true
	}
	if a.blocks(asker) {
		return false
	}
	a.profile.mu.Lock()
	given := a.profile.trusted[asker].token
	a.profile.mu.Unlock()
	switch a.privacy(setting) {
	case "all":
		return true
	case "contacts", "contact_blacklist":
		return len(token) > 0 && bytes.Equal(token, given) || a.phone.hasSaved(asker)
	default:
		return false
	}
}

// hasSaved tells whether someone is in the phone's address book.
func (p *Phone) hasSaved(person *account) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, saved := p.learned.contacts[person.label()]
	return saved
}

// tellPeers sends news about an account to everyone it wrote with, except to those whom it blocks.
func (s *Server) tellPeers(a *account, kind string, news ...waBinary.Node) {
	s.tellAll(a, a.peerList(), kind, news...)
}

func (s *Server) tellAll(a *account, peers []*account, kind string, news ...waBinary.Node) {
	for _, peer := range peers {
		if a.blocks(peer) {
			continue
		}
		for _, d := range peer.deviceList() {
			s.notify(d, a.lidJID(), kind, news...)
		}
	}
}

// tellOwn sends news about an account to its own devices, except to the one that caused them (nil for none).
func (s *Server) tellOwn(a *account, except *device, news ...waBinary.Node) {
	a.changed("account_sync")
	for _, d := range a.deviceList() {
		if d != except {
			s.notify(d, a.pn(), "account_sync", news...)
		}
	}
}

// userOf finds the account of a user's JID; nil for groups and everything else.
func (s *Server) userOf(n *waBinary.Node, key string) *account {
	jid, ok := attrJID(n, key)
	if !ok {
		return nil
	}
	return s.accountOf(types.NewJID(jid.User, jid.Server))
}

package wasim

import (
	"context"
	"fmt"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waLidMigrationSyncPayload"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// People have two identities, a LID and a phone number, and clients learn which belong together: from the other identity
// in the attributes of messages (sender_pn, sender_lid), from usync, from history, and from their own phone:
//
//	protocolMessage{type: LID_MIGRATION_MAPPING_SYNC, lidMigrationMappingSyncMessage: {encodedMappingPayload}}
//
// A person may keep the number to themselves; then others see the LID only, until it is told. Who changes the number keeps
// the LID or gets another one with it:
//
//	← <notification type="contacts" from="34…(old)" id t>
//	    <modify old="34…" new="34…" old_lid="1234@lid" new_lid="5678@lid"/></notification>
//	← <notification type="w:gp2" from="1203…@g.us" participant="5678@lid"><modify><participant jid="1234@lid"/></modify>
//
// and who installs the application again has new keys, which contacts hear of as a changed security code:
//
//	← <notification type="encrypt" from="1234@lid" id t><identity/></notification>
//
// In both cases the devices that were linked to the phone are logged out.

// alias is an account's identity in the address space that is not server, and whether others are told of it.
func (a *account) alias(server string) (types.JID, bool) {
	n := a.names.Load()
	if server == types.HiddenUserServer {
		return types.NewJID(n.number, types.DefaultUserServer), !n.hidden
	}
	return types.NewJID(n.lid, types.HiddenUserServer), true
}

// toldNumber is the phone-number JID that history tells of someone, empty when they keep it to themselves.
func toldNumber(with party) types.JID {
	if a, person := with.(*account); person {
		pn, told := a.alias(types.HiddenUserServer)
		if !told {
			return types.EmptyJID
		}
		return pn
	}
	return with.jidOn(types.DefaultUserServer)
}

// accountNumbered finds an account by its number, or by one that it had and that nobody else has now.
func (s *Server) accountNumbered(digits string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[digits]; a != nil {
		return a
	}
	return s.former[digits]
}

// writerOf finds whose device wrote something, from a stanza that may be older than a change of number: a number that was
// given up still leads to who had it.
func (s *Server) writerOf(jid types.JID) *account {
	if a := s.accountOf(jid); a != nil || jid.Server != types.DefaultUserServer {
		return a
	}
	return s.accountNumbered(jid.User)
}

// SetNumberHidden keeps the phone's number from the people who know its LID, or tells it again: with its next message,
// or when their own phone shares what it knows (ShareMapping). It acts on what is addressed by LID; who writes by phone
// number shows it.
func (p *Phone) SetNumberHidden(on bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	n := *p.account.names.Load()
	n.hidden = on
	p.account.names.Store(&n)
}

// ShareMapping tells the phone's linked devices which LID belongs to a person's number, hidden or not.
func (p *Phone) ShareMapping(ctx context.Context, number string) error {
	person, err := p.peer(number)
	if err != nil {
		return err
	}
	n := person.names.Load()
	pn, err := strconv.ParseUint(n.number, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadNumber, err)
	}
	lid, err := strconv.ParseUint(n.lid, 10, 64)
	if err != nil {
		return fmt.Errorf("LID is not a number: %w", err)
	}
	payload, err := proto.Marshal(&waLidMigrationSyncPayload.LIDMigrationMappingSyncPayload{
		PnToLidMappings: []*waLidMigrationSyncPayload.LIDMigrationMapping{{Pn: proto.Uint64(pn), AssignedLid: proto.Uint64(lid)}},
	})
	if err != nil {
		return fmt.Errorf("encode mapping: %w", err)
	}
	for _, d := range p.account.deviceList() {
		if d == p.dev {
			continue
		}
		if err = p.tellLinked(ctx, d, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type:                           waE2E.ProtocolMessage_LID_MIGRATION_MAPPING_SYNC.Enum(),
			LidMigrationMappingSyncMessage: &waE2E.LIDMigrationMappingSyncMessage{EncodedMappingPayload: payload},
		}}); err != nil {
			return err
		}
	}
	return nil
}

// ChangeNumber gives the account another number, and with newLID another LID too. Its linked devices are logged out; its
// contacts and groups are told. The ledger goes on under the number that the account began with, and the phones show the
// same chats under the new one.
//
// Errors: ErrBadNumber, ErrNumberTaken.
func (p *Phone) ChangeNumber(number string, newLID bool) error {
	digits, err := digitsOf(number)
	if err != nil {
		return err
	}
	a := p.account
	if !p.s.isFree(digits, a) {
		return fmt.Errorf("%w: %s", ErrNumberTaken, mask(digits))
	}
	p.UnlinkAll()
	lid := ""
	if newLID {
		lid = "1" + p.s.random.digits(14)
	}
	before, after, err := p.s.rename(a, digits, lid)
	if err != nil {
		return err
	}
	if newLID {
		p.beginAnew()
	}
	p.s.ledger.renamed(a.number, digits)
	p.s.ledger.note(p.dev.address(), "changed its number", "")
	old := types.NewJID(before.number, types.DefaultUserServer)
	oldLID := types.NewJID(before.lid, types.HiddenUserServer)
	news := element("modify", attrs{"old": old, "new": a.pn(), "old_lid": oldLID, "new_lid": a.lidJID()})
	for _, peer := range a.peerList() {
		for _, d := range peer.deviceList() {
			p.s.notify(d, old, "contacts", news)
		}
	}
	for _, g := range p.s.groupsOf(a) {
		former := old
		if g.server == types.HiddenUserServer {
			former = oldLID
		}
		if before.lid != after.lid || g.server == types.DefaultUserServer {
			p.s.tellGroup(g, a, g.accounts(), element("modify", nil, element("participant", attrs{"jid": former})))
		}
	}
	return nil
}

// beginAnew drops all sessions, because those whom the phone writes to have none with its new identity.
func (p *Phone) beginAnew() {
	p.crypto.Lock()
	defer p.crypto.Unlock()
	p.signal.dropAllSessions()
	clear(p.keyHolders)
}

// isFree tells whether an account can have a number: nobody else has it or has had it.
func (s *Server) isFree(number string, a *account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isFreeLocked(number, a)
}

func (s *Server) isFreeLocked(number string, a *account) bool {
	owner := s.former[number]
	return s.accounts[number] == nil && (owner == nil || owner == a)
}

// rename replaces an account's number, and its LID unless lid is empty. LIDs are never given to anyone else, so the old
// one keeps leading to the account.
func (s *Server) rename(a *account, number, lid string) (before, after *names, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isFreeLocked(number, a) || s.lids[lid] != nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrNumberTaken, mask(number))
	}
	before = a.names.Load()
	changed := *before
	changed.number = number
	if lid != "" {
		changed.lid = lid
		s.lids[lid] = a
	}
	delete(s.accounts, before.number)
	delete(s.former, number)
	s.former[before.number], s.accounts[number] = a, a
	a.names.Store(&changed)
	return before, &changed, nil
}

// Reinstall installs the application on the phone again: it has new keys, its sessions are gone, its chats come back from
// a backup. Its linked devices are logged out, and its contacts are told that the security code has changed.
func (p *Phone) Reinstall() error {
	p.UnlinkAll()
	p.crypto.Lock()
	if err := p.signal.register(); err != nil {
		p.crypto.Unlock()
		return err
	}
	clear(p.keyHolders)
	p.crypto.Unlock()
	own := p.signal.registered()
	p.dev.keys.replace(own.id, *own.pair.Pub, p.signal.publicSigned())
	p.s.ledger.note(p.dev.address(), "was installed again", "")
	p.s.tellAll(p.account, p.s.acquainted(p.account), "encrypt", waBinary.Node{Tag: "identity"})
	return nil
}

// replace takes the keys of a new installation.
func (k *keyStore) replace(regID uint32, identity [32]byte, signed publicKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.regID, k.identity, k.signed, k.oneTime = regID, identity, signed, nil
}

// forgetSessions drops the sessions with someone whose security code has changed.
func (p *endpoint) forgetSessions(node *waBinary.Node) {
	from, named := attrJID(node, "from")
	if _, changed := node.GetOptionalChildByTag("identity"); !named || !changed {
		return
	}
	if person := p.s.accountOf(from); person != nil {
		p.crypto.Lock()
		defer p.crypto.Unlock()
		p.signal.dropSessions(person.lidJID())
	}
}

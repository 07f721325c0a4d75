package store

import (
	"waflow/backend/domain"
)

// rememberedPeople bounds the memory of who is who; beyond it everything is forgotten and read again.
const rememberedPeople = 20_000

// peerKey is one way in which a subaccount's chat partner was named.
type peerKey struct {
	sub  domain.SubaccountID
	peer domain.Peer
}

// person is what the incoming path has to know of a chat partner to write a message without asking the database who that is.
type person struct {
	contact  domain.ContactID // 0 of a group
	pushName string
	seen     domain.Conversation       // who it is with, its title and draft; the rest comes with each write
	phones   map[domain.DeviceID]int64 // until when it was read on each device's phone
}

// people remembers who is who. Only the writer's goroutine uses it. An entry is right as long as nothing about that person changes; whoever
// changes something forgets, and so does a write that was undone.
type people struct {
	known  map[peerKey]*person
	lastIn map[domain.DeviceID]int64 // what devices.last_in holds
}

func newPeople() *people {
	return &people{known: map[peerKey]*person{}, lastIn: map[domain.DeviceID]int64{}}
}

func (p *people) forget() {
	clear(p.known)
	clear(p.lastIn)
}

func (p *people) remember(key peerKey, v *person) {
	if len(p.known) >= rememberedPeople {
		p.forget()
	}
	p.known[key] = v
}

// who finds a chat partner, or makes the contact and the conversation. The name is the partner's own, "" if none came.
func (s *Store) who(t *tx, sub domain.SubaccountID, peer domain.Peer, pushName string, at int64) (*person, error) {
	key := peerKey{sub, peer}
	if known := s.people.known[key]; known != nil && (pushName == "" || known.pushName == pushName || peer.Group != "") {
		return known, nil
	}
	p, err := s.findPerson(t, sub, peer, pushName, at)
	if err != nil {
		return nil, err
	}
	s.people.remember(key, p)
	return p, nil
}

func (s *Store) findPerson(t *tx, sub domain.SubaccountID, peer domain.Peer, pushName string, at int64) (*person, error) {
	p := &person{}
	if peer.Group == "" {
		contact, err := s.contact(t, sub, peer, pushName, at)
		if err != nil {
			return nil, err
		}
		p.contact = contact
	}
	id, err := s.conversationOf(t, sub, p.contact, peer.Group)
	if err != nil {
		return nil, err
	}
	p.seen, err = conversationIn(t, domain.ConversationRef{Subaccount: sub, Conversation: id})
	if err != nil {
		return nil, err
	}
	p.pushName = p.seen.Title
	p.phones, err = phoneReads(t, id)
	return p, err
}

// findConversation is who for things that make no conversation: 0 if there is none.
func (s *Store) findConversation(t *tx, sub domain.SubaccountID, peer domain.Peer) (domain.ConversationRef, error) {
	if known := s.people.known[peerKey{sub, peer}]; known != nil {
		return known.seen.Ref, nil
	}
	if peer.Group != "" {
		ref := domain.ConversationRef{Subaccount: sub}
		_, err := optional(t.row("SELECT id FROM conversations WHERE subaccount_id = $1 AND group_jid = $2", sub, peer.Group), &ref.Conversation)
		return ref, err
	}
	contact, err := s.findContact(t, sub, peer)
	if err != nil || contact == 0 {
		return domain.ConversationRef{Subaccount: sub}, err
	}
	return conversationWith(t, sub, contact)
}

// conversationWith finds the conversation with a contact: 0 if there is none.
func conversationWith(t *tx, sub domain.SubaccountID, contact domain.ContactID) (domain.ConversationRef, error) {
	ref := domain.ConversationRef{Subaccount: sub}
	_, err := optional(t.row("SELECT id FROM conversations WHERE subaccount_id = $1 AND contact_id = $2", sub, contact), &ref.Conversation)
	return ref, err
}

// conversationOf returns the conversation with a contact or a group, and makes it if there is none.
func (s *Store) conversationOf(t *tx, sub domain.SubaccountID, contact domain.ContactID, group string) (domain.ConversationID, error) {
	var id domain.ConversationID
	row := t.row("SELECT id FROM conversations WHERE subaccount_id = $1 AND contact_id = $2", sub, contact)
	if group != "" {
		row = t.row("SELECT id FROM conversations WHERE subaccount_id = $1 AND group_jid = $2", sub, group)
	}
	found, err := optional(row, &id)
	if err != nil || found {
		return id, err
	}
	err = t.row("INSERT INTO conversations (subaccount_id, contact_id, group_jid, created) VALUES ($1, $2, $3, $4) RETURNING id",
		sub, null(contact), null(group), millis(s.now())).Scan(&id)
	return id, err
}

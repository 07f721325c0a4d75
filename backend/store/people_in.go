package store

import (
	"slices"

	"waflow/backend/domain"
)

// mostPeople bounds how many people of one message are looked up by name.
const mostPeople = 30

// addPeople names the people that the content of messages speaks of, and finds the messages that they answer.
func addPeople(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	for _, id := range ids {
		m := more[id][0]
		if m.Content == nil {
			continue
		}
		for _, peer := range peopleIn(m.Content) {
			p := domain.Person{Peer: peer}
			if err := nameOf(q, m.Conversation.Subaccount, &p); err != nil {
				return err
			}
			m.People = append(m.People, p)
		}
		if reply := m.Content.Reply; reply != nil {
			if _, err := optional(q.row("SELECT id FROM messages WHERE conversation_id = $1 AND waid = $2 ORDER BY id LIMIT 1",
				m.Conversation.Conversation, reply.WAID), &m.Answers); err != nil {
				return err
			}
		}
		for _, same := range more[id][1:] {
			same.People, same.Answers = m.People, m.Answers
		}
	}
	return nil
}

// peopleIn are the people that a content speaks of, each once.
func peopleIn(c *domain.Content) []domain.Peer {
	all := slices.Clone(c.Mentions)
	if c.Reply != nil {
		all = append(all, c.Reply.Sender)
	}
	if c.Notice != nil {
		all = append(append(all, c.Notice.Actor), c.Notice.People...)
	}
	var out []domain.Peer
	for _, p := range all {
		if p != (domain.Peer{}) && !slices.Contains(out, p) && len(out) < mostPeople {
			out = append(out, p)
		}
	}
	return out
}

// nameOf finds out what a person is called, and whether it is one of the subaccount's own devices.
func nameOf(q querier, sub domain.SubaccountID, p *domain.Person) error {
	lid, number := null(p.Peer.LID), null(p.Peer.Number)
	var device domain.DeviceID
	var err error
	if p.Ours, err = optional(q.row("SELECT id FROM devices WHERE subaccount_id = $1 AND (lid = $2 OR number = $3)", sub, lid, number), &device); err != nil || p.Ours {
		return err
	}
	p.Number = p.Peer.Number
	_, err = optional(q.row("SELECT p.push_name, "+numberOfP+` FROM contacts p WHERE p.subaccount_id = $1 AND (p.lid = $2
		OR p.id = (SELECT n.contact_id FROM contact_numbers n WHERE n.subaccount_id = $1 AND n.number = $3)) ORDER BY p.id LIMIT 1`, sub, lid, number), &p.Name, &p.Number)
	return err
}

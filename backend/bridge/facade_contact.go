package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Contacts answers who conversations are with.
type Contacts struct{ gate *gate }

// Contact is a person as one subaccount knows them.
type Contact struct {
	Name    string   `json:"name"`
	Numbers []string `json:"numbers"` // written as people do, the one of now first
	Merges  []Merge  `json:"merges"`  // newest first
}

// Merge is a contact that was taken for the same person as another one.
type Merge struct {
	ID       int64  `json:"id"`
	At       int64  `json:"at"`
	Name     string `json:"name"` // a name or a number, "" where neither was known
	Messages int    `json:"messages"`
}

// Parted are two conversations that were one.
type Parted struct {
	Kept  int64 `json:"kept"`
	Apart int64 `json:"apart"`
}

// Of returns who a conversation is with. Errors: not_found, also for a group.
func (c *Contacts) Of(conversation int64) (Contact, error) {
	return ask(c.gate, "Contacts.Of", func(ctx context.Context, s Services) (Contact, error) {
		found, err := s.Inbox.Contact(ctx, domain.ConversationID(conversation))
		return contactOf(found), err
	})
}

// Part makes two contacts of one again. Errors: not_found, conflict.
func (c *Contacts) Part(merge int64) (Parted, error) {
	return ask(c.gate, "Contacts.Part", func(ctx context.Context, s Services) (Parted, error) {
		parted, err := s.Inbox.Part(ctx, domain.MergeID(merge))
		return Parted{Kept: int64(parted.Kept), Apart: int64(parted.Apart)}, err
	})
}

// Join undoes that. Errors: not_found, conflict.
func (c *Contacts) Join(kept, apart int64) error {
	return tell(c.gate, "Contacts.Join", func(ctx context.Context, s Services) error {
		return s.Inbox.JoinAgain(ctx, domain.Parted{Kept: domain.ConversationID(kept), Apart: domain.ConversationID(apart)})
	})
}

func contactOf(c domain.Contact) Contact {
	return Contact{Name: oneLine(c.Name), Numbers: list(c.Numbers, formatNumber), Merges: list(c.Merges, mergeOf)}
}

func mergeOf(m domain.Merge) Merge {
	number := ""
	if len(m.Numbers) > 0 {
		number = m.Numbers[0]
	}
	return Merge{ID: int64(m.ID), At: ms(m.At), Name: personName(m.Name, number), Messages: m.Messages}
}

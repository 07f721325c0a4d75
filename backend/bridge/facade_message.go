package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Messages answers what is asked of one message.
type Messages struct{ gate *gate }

// Versions returns the texts that a message had before it was edited, oldest first.
func (a *Messages) Versions(message int64) ([]Version, error) {
	return ask(a.gate, "Messages.Versions", func(ctx context.Context, s Services) ([]Version, error) {
		found, err := s.Inbox.Versions(ctx, domain.MessageID(message))
		return list(found, func(v domain.Version) Version { return Version{Text: v.Text, At: ms(v.At)} }), err
	})
}

// Remarks returns who reacted to a message, and who voted for what. Errors: not_found.
func (a *Messages) Remarks(message int64) (Remarks, error) {
	return ask(a.gate, "Messages.Remarks", func(ctx context.Context, s Services) (Remarks, error) {
		m, err := s.Inbox.Message(ctx, domain.MessageID(message))
		if err != nil {
			return Remarks{}, err
		}
		reactions, votes, err := s.Inbox.Remarks(ctx, m.ID)
		return remarksOf(m, reactions, votes), err
	})
}

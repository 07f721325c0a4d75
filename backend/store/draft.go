package store

import (
	"context"

	"waflow/backend/domain"
)

// SetDraft keeps what an operator has begun to write; "" removes it. Errors: not_found.
func (s *Store) SetDraft(ctx context.Context, ref domain.ConversationRef, operator domain.OperatorID, text string) error {
	return s.do(ctx, "keep draft", func(t *tx) error {
		if _, err := conversationIn(t, ref); err != nil {
			return err
		}
		if err := s.setDraft(t, ref, operator, text); err != nil {
			return err
		}
		return tellConversation(t, ref)
	})
}

func (s *Store) setDraft(t *tx, ref domain.ConversationRef, operator domain.OperatorID, text string) error {
	s.people.forget()
	if text == "" {
		return t.run("DELETE FROM drafts WHERE conversation_id = $1 AND operator_id = $2", ref.Conversation, operator)
	}
	return t.run(`INSERT INTO drafts (subaccount_id, conversation_id, operator_id, text, changed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (conversation_id, operator_id) DO UPDATE SET text = excluded.text, changed = excluded.changed`,
		ref.Subaccount, ref.Conversation, operator, text, millis(s.now()))
}

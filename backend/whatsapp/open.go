package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/whatsapp/convert"
)

// opened decrypts what is sealed with the secret of another message: votes, and reactions and edits in some chats. What can't be opened, because
// the other message never came, is left sealed.
func (c *Client) opened(e *events.Message) convert.Opened {
	var out convert.Opened
	var err error
	switch m := e.Message; {
	case m.GetPollUpdateMessage() != nil:
		out.Vote, err = c.wa.DecryptPollVote(c.ctx, e)
	case m.GetEncReactionMessage() != nil:
		out.Reaction, err = c.wa.DecryptReaction(c.ctx, e)
	case m.GetSecretEncryptedMessage().GetSecretEncType() == waE2E.SecretEncryptedMessage_MESSAGE_EDIT:
		out.Message, err = c.wa.DecryptSecretEncryptedMessage(c.ctx, e)
	}
	if err != nil {
		c.log.Info().Msg("a sealed change could not be opened")
		return convert.Opened{}
	}
	return out
}

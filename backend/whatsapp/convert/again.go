package convert

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// Version counts what this package can read. Whoever has it read more in a message raises it: then what is kept is read again.
const Version = 1

// Again reads a message that is kept once more. It is false for what can't be read, for what is none for people, and for a change, which is
// applied when it comes or never.
func Again(kept domain.KeptMessage) (domain.RereadMessage, bool) {
	out := domain.RereadMessage{Message: kept.Message, Kind: domain.KindUnknown}
	var message waE2E.Message
	if proto.Unmarshal(kept.Raw, &message) != nil {
		return out, false
	}
	c := read(&message, Own{Number: kept.Number, LID: kept.LID})
	if c.silent {
		return out, false
	}
	if l := c.parts.Notice; l != nil {
		l.Actor, l.Ours = kept.Sender, kept.Ours
	}
	out.Kind, out.Text, out.Content = c.kind, c.text, c.held()
	return out, true
}

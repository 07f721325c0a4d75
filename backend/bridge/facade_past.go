package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Past answers what concerns the time before a number was linked.
type Past struct{ gate *gate }

// Older asks the phones of a conversation for messages older than all that are here, and answers once they are on disk, after twenty seconds at
// the longest. Errors: not_found.
func (p *Past) Older(conversation int64) (Older, error) {
	return ask(p.gate, "Past.Older", func(ctx context.Context, s Services) (Older, error) {
		o, err := s.Past.Older(ctx, domain.ConversationID(conversation))
		return olderOf(o), err
	})
}

// Again has what a device could not keep of its phone's history tried again. Errors: not_found.
func (p *Past) Again(device int64) error {
	return tell(p.gate, "Past.Again", func(ctx context.Context, s Services) error {
		return s.Past.Again(ctx, domain.DeviceID(device))
	})
}

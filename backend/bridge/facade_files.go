package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Attachments answers what concerns the files of messages; the files themselves are served by Facades.Media.
type Attachments struct{ gate *gate }

// Fetch has the file of a message fetched before all others; that it is here is told like every change of a message. Errors: not_found for a
// message without one.
func (a *Attachments) Fetch(message int64) error {
	return tell(a.gate, "Attachments.Fetch", func(ctx context.Context, s Services) error {
		return s.Files.Ask(ctx, domain.MessageID(message))
	})
}

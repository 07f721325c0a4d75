package bridge

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// saveWithin bounds saving a file, with the time that somebody takes to say where.
const saveWithin = time.Hour

// Attachments answers what concerns the files of messages; the files themselves are served by Facades.Media.
type Attachments struct{ gate *gate }

// Fetch has the file of a message fetched before all others; that it is here is told like every change of a message. Errors: not_found for a
// message without one.
func (a *Attachments) Fetch(message int64) error {
	return tell(a.gate, "Attachments.Fetch", func(ctx context.Context, s Services) error {
		return s.Files.Ask(ctx, domain.MessageID(message))
	})
}

// Save asks the person where the file of a message is to go and puts a copy there. It reports whether there was an answer. Errors: not_found for
// one that is not here; conflict where a browser shows the interface, which saves by itself; storage_failed.
func (a *Attachments) Save(message int64) (bool, error) {
	return askWithin(a.gate, saveWithin, "Attachments.Save", func(ctx context.Context, s Services) (bool, error) {
		if s.SaveAs == nil {
			return false, &domain.Error{Code: domain.CodeConflict, Message: "The browser saves files by itself.", Detail: map[string]string{"why": "browser"}}
		}
		id := domain.MessageID(message)
		open, err := s.Files.Open(ctx, id)
		if err != nil {
			return false, err
		}
		if err := open.File.Close(); err != nil {
			return false, &domain.Error{Code: domain.CodeStorageFailed, Message: "The file can't be read.", Err: err}
		}
		path, err := s.SaveAs(savedName(open))
		if err != nil || path == "" {
			return false, err
		}
		return true, s.Files.Save(ctx, id, path)
	})
}

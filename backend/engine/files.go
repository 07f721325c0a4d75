package engine

import (
	"path/filepath"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/media"
)

// openFiles opens the folder of the files of messages.
func (e *Engine) openFiles() error {
	files, err := media.Open(filepath.Join(e.options.Dir, "media"))
	if err != nil {
		return err
	}
	e.files = files
	e.closers = append(e.closers, files)
	return nil
}

// uploading tells how far the file of a message is.
func (e *Engine) uploading(p domain.UploadProgress, over bool) { e.bus.Publish(events.Upload(p, over)) }

// forgets reports whether a change took messages away, or what they said, so that their files may be named by none.
func forgets(c domain.Changed) bool {
	if len(c.MessagesGone) > 0 {
		return true
	}
	for _, m := range c.Messages {
		if m.Deleted != nil {
			return true
		}
	}
	return false
}

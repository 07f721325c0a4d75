package bridge

import (
	"context"

	"waflow/backend/domain"
	"waflow/backend/inbox"
)

// Attach begins to take a file for a conversation, whose bytes then go to /media/attached/<id>, and returns the id. Errors: not_found; file_empty;
// file_too_large; too_many_files; storage_failed.
func (a *Attachments) Attach(conversation int64, name string, size int64) (string, error) {
	return ask(a.gate, "Attachments.Attach", func(ctx context.Context, s Services) (string, error) {
		c, err := s.Inbox.Conversation(ctx, domain.ConversationID(conversation))
		if err != nil {
			return "", err
		}
		return s.Tray.Attach(ctx, c.Ref.Subaccount, name, size)
	})
}

// Attached says what a file is once all its bytes have gone there. Errors: not_found; file_unreadable; file_too_large; storage_failed.
func (a *Attachments) Attached(id string, hints AttachmentHints) (Attachment, error) {
	return ask(a.gate, "Attachments.Attached", func(ctx context.Context, s Services) (Attachment, error) {
		is, err := s.Tray.Attached(ctx, id, hintsOf(hints))
		return attachmentOf(is), err
	})
}

// Detach lets go of a file that is not to be sent. One that is not attached is no error.
func (a *Attachments) Detach(id string) error {
	return tell(a.gate, "Attachments.Detach", func(_ context.Context, s Services) error {
		s.Tray.Detach(id)
		return nil
	})
}

// Send queues a message with an attached file and returns it as it is shown at once. With a time on a clock of a zone ("2026-11-24T08:00",
// "Europe/Lisbon") it goes then; both are "" for now. Errors: as of Inbox.Send and Inbox.Schedule; file_gone.
func (a *Attachments) Send(conversation int64, file OutgoingFile, wall, zone string) (Message, error) {
	return ask(a.gate, "Attachments.Send", func(ctx context.Context, s Services) (Message, error) {
		m, err := s.Inbox.SendFile(ctx, inbox.NewFile{
			Conversation: domain.ConversationID(conversation), Operator: domain.FirstOperator, Attachment: file.Attachment, Document: file.Document,
			Caption: file.Caption, When: scheduleOf(wall, zone),
		})
		return messageOf(m), err
	})
}

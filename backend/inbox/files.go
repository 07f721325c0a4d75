package inbox

import (
	"context"

	"waflow/backend/domain"
	"waflow/backend/routing"
)

// Attached are the files that people attached and did not send yet.
type Attached interface {
	// Attachment returns one that is wholly here. Errors: not_found.
	Attachment(ctx context.Context, id string) (domain.Attachment, error)
	// Detach lets go of one.
	Detach(id string)
}

// NewFile is an attached file that is to go.
type NewFile struct {
	Conversation domain.ConversationID
	Operator     domain.OperatorID
	Attachment   string
	Document     bool // its bytes are to go as they are
	Caption      string
	When         domain.Schedule // zero for now
}

// SendFile queues a message with a file that was attached, and returns it as it is shown at once. Errors: as of Send, not text_empty, and of
// Schedule where there is a time; file_gone when the file is not attached any more; invalid for one that was attached elsewhere.
func (i *Inbox) SendFile(ctx context.Context, n NewFile) (domain.Message, error) {
	if n.When.Set() {
		if err := i.ahead(n.When); err != nil {
			return domain.Message{}, err
		}
	}
	c, decision, err := i.route(ctx, n.Conversation)
	if err != nil {
		return domain.Message{}, err
	}
	if decision.Reason == routing.None {
		return domain.Message{}, noDevice()
	}
	attached, err := i.attached.Attachment(ctx, n.Attachment)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return domain.Message{}, &domain.Error{Code: domain.CodeFileGone, Message: "The file is not attached any more.", Err: err}
	case err != nil:
		return domain.Message{}, err
	case attached.Subaccount != c.Ref.Subaccount:
		return domain.Message{}, &domain.Error{Code: domain.CodeInvalid, Message: "The file was attached in another subaccount.", Detail: map[string]string{"field": "attachment"}}
	}
	made, err := i.composer.ComposeFile(attached.As(n.Document), n.Caption)
	if err != nil {
		return domain.Message{}, err
	}
	m, err := i.outbox.Queue(ctx, domain.NewMessage{
		Conversation: c.Ref, Device: decision.Device, Operator: n.Operator, WAID: made.WAID, Payload: made.Payload, Schedule: n.When,
		Kind: made.Kind, Text: made.Text, Content: made.Content, Media: made.Media, KeepDraft: made.Kind == domain.KindVoice, Undoable: !n.When.Set(),
	})
	if err == nil {
		i.attached.Detach(n.Attachment)
	}
	return m, err
}

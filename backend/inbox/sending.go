package inbox

import (
	"context"
	"strings"
	"unicode/utf8"

	"waflow/backend/domain"
	"waflow/backend/routing"
)

// Route says which device the next message of a conversation goes from, and why. Errors: not_found.
func (i *Inbox) Route(ctx context.Context, id domain.ConversationID) (routing.Decision, error) {
	_, decision, err := i.route(ctx, id)
	return decision, err
}

func (i *Inbox) route(ctx context.Context, id domain.ConversationID) (domain.Conversation, routing.Decision, error) {
	c, err := i.store.Conversation(ctx, id)
	if err != nil {
		return domain.Conversation{}, routing.Decision{}, err
	}
	devices, err := i.store.Devices(ctx)
	if err != nil {
		return domain.Conversation{}, routing.Decision{}, err
	}
	return c, routing.Decide(c, devices), nil
}

// Send queues a text in a conversation and returns the message as it is shown at once. It can be taken back for as long as the settings
// say; when its device can't send after that, it waits in the outbox. Errors: text_empty, text_too_long, not_found, no_device when no number of the subaccount was ever linked.
func (i *Inbox) Send(ctx context.Context, id domain.ConversationID, operator domain.OperatorID, text string) (domain.Message, error) {
	return i.queue(ctx, id, operator, text, domain.Schedule{})
}

func (i *Inbox) queue(ctx context.Context, id domain.ConversationID, operator domain.OperatorID, text string, when domain.Schedule) (domain.Message, error) {
	if err := checkText(text); err != nil {
		return domain.Message{}, err
	}
	c, decision, err := i.route(ctx, id)
	if err != nil {
		return domain.Message{}, err
	}
	if decision.Reason == routing.None {
		return domain.Message{}, noDevice()
	}
	waid, payload, err := i.composer.Compose(text)
	if err != nil {
		return domain.Message{}, err
	}
	return i.outbox.Queue(ctx, domain.NewMessage{
		Conversation: c.Ref,
		Device:       decision.Device,
		Operator:     operator,
		Text:         text,
		WAID:         waid,
		Payload:      payload,
		Schedule:     when,
		Undoable:     !when.Set(),
	})
}

// Retry sends a failed message again, with the same id. Errors: not_found, conflict when it has not failed.
func (i *Inbox) Retry(ctx context.Context, id domain.MessageID) error { return i.outbox.Retry(ctx, id) }

// Cancel takes a message back that is scheduled, queued or has failed. Its text returns to the draft, which is returned.
// Errors: not_found, conflict when it is gone already.
func (i *Inbox) Cancel(ctx context.Context, id domain.MessageID) (string, error) {
	return i.outbox.Cancel(ctx, id)
}

func checkText(text string) error {
	switch {
	case !utf8.ValidString(text):
		return &domain.Error{Code: domain.CodeInvalid, Message: "The text is not valid UTF-8.", Detail: map[string]string{"field": "text"}}
	case strings.TrimSpace(text) == "":
		return &domain.Error{Code: domain.CodeTextEmpty, Message: "The message has no text."}
	case len(text) > domain.MaxTextBytes:
		return tooLong()
	}
	return nil
}

func noDevice() error {
	return &domain.Error{Code: domain.CodeNoDevice, Message: "No number is linked that could send this."}
}

func tooLong() error {
	return &domain.Error{Code: domain.CodeTextTooLong, Message: "The text is longer than 64 KB.", Action: domain.ActionShorten}
}

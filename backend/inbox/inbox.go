package inbox

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// Store is what the inbox reads and keeps on disk. MarkRead returns the read receipts that are owed now, none if the settings say that
// contacts are not told.
type Store interface {
	Conversations(ctx context.Context, q domain.ConversationQuery) ([]domain.Conversation, domain.Cursor, int, error)
	Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error)
	Messages(ctx context.Context, id domain.ConversationID, before domain.Cursor, limit int) ([]domain.Message, domain.Cursor, int, error)
	MessagesAround(ctx context.Context, id domain.ConversationID, message domain.MessageID, limit int) (domain.MessagePart, error)
	MessagesAfter(ctx context.Context, id domain.ConversationID, after domain.Cursor, limit int) (domain.MessagePart, error)
	Search(ctx context.Context, q domain.SearchQuery) (domain.SearchPage, error)
	SearchNames(ctx context.Context, q domain.NameQuery) ([]domain.Conversation, int, error)
	Message(ctx context.Context, id domain.MessageID) (domain.Message, error)
	Versions(ctx context.Context, id domain.MessageID) ([]domain.Version, error)
	Remarks(ctx context.Context, id domain.MessageID) ([]domain.Reaction, []domain.Vote, error)
	Waiting(ctx context.Context, id domain.ConversationID) ([]domain.Waiting, error)
	Unread(ctx context.Context) ([]domain.Unread, error)
	MarkRead(ctx context.Context, id domain.ConversationID, upTo domain.MessageID) ([]domain.ReadMark, error)
	SetDraft(ctx context.Context, ref domain.ConversationRef, operator domain.OperatorID, text string) error
	ContactOf(ctx context.Context, id domain.ConversationID) (domain.Contact, error)
	Part(ctx context.Context, id domain.MergeID) (domain.Parted, error)
	JoinAgain(ctx context.Context, parted domain.Parted) error
	Devices(ctx context.Context) ([]domain.Device, error)
	PhonesWithMore(ctx context.Context, id domain.ConversationID) ([]domain.DeviceID, error)
}

// Outbox keeps messages until WhatsApp has them.
type Outbox interface {
	Queue(ctx context.Context, m domain.NewMessage) (domain.Message, error)
	Retry(ctx context.Context, id domain.MessageID) error
	Cancel(ctx context.Context, id domain.MessageID) (draft string, err error)
	SendNow(ctx context.Context, id domain.MessageID) error
	Reschedule(ctx context.Context, id domain.MessageID, to domain.Schedule) (domain.Message, error)
}

// Composer chooses WhatsApp's id of a message and makes its final payload. Errors: text_empty, text_too_long.
type Composer interface {
	Compose(text string) (waid string, payload []byte, err error)
	// ComposeFile makes a message with a file; the payload lacks where it will lie on WhatsApp's hosts.
	ComposeFile(form domain.Form, caption string) (domain.Composed, error)
}

// Receipts tells WhatsApp that messages were read here, now or when their device is connected again.
type Receipts interface {
	MarkRead(ctx context.Context, marks []domain.ReadMark) error
}

// Inbox is the use cases of conversations. Its methods may be called from any goroutine.
type Inbox struct {
	store    Store
	outbox   Outbox
	composer Composer
	receipts Receipts
	attached Attached
	now      func() time.Time
}

// New returns the inbox over its parts.
func New(store Store, outbox Outbox, composer Composer, receipts Receipts, attached Attached, now func() time.Time) *Inbox {
	return &Inbox{store: store, outbox: outbox, composer: composer, receipts: receipts, attached: attached, now: now}
}

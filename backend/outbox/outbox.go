// Package outbox sends what is queued: durable, in order within a conversation, with ids and payloads that were chosen before the first
// try, so that a message of which it is uncertain whether it went can go again without reaching anybody twice.
package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
)

// Deadline is how long one try to send may take. The client library would wait for ever after a reconnect.
const Deadline = 20 * time.Second

// Store is what the outbox needs of the workspace. What it returns has been committed.
type Store interface {
	QueueMessage(ctx context.Context, n domain.NewMessage) (domain.Message, error)
	// StepOutbox keeps what became of messages and takes the next ones, in one commit.
	StepOutbox(ctx context.Context, step domain.OutboxStep) ([]domain.OutboxItem, error)
	SendAgain(ctx context.Context, id domain.MessageID) (domain.DeviceID, error)
	SendLate(ctx context.Context, ids []domain.MessageID) ([]domain.DeviceID, error)
	SendAllLate(ctx context.Context) ([]domain.DeviceID, error)
	// CancelMessage removes a message and returns its text to the draft, which it returns; unsent says that the message was taken and never
	// handed over.
	CancelMessage(ctx context.Context, id domain.MessageID, unsent bool) (string, error)
	// BeginOutbox readies what an earlier run left.
	BeginOutbox(ctx context.Context) error
	DevicesToSend(ctx context.Context) ([]domain.DeviceID, error)
	// FallDue puts the messages in line whose time has come.
	FallDue(ctx context.Context) (domain.Fallen, error)
	SendNow(ctx context.Context, id domain.MessageID) ([]domain.DeviceID, error)
	Reschedule(ctx context.Context, id domain.MessageID, to domain.Schedule) (domain.Message, error)
	// Uploads returns the files that a device is to upload now, and when the next of the others is tried again, zero if none waits.
	Uploads(ctx context.Context, id domain.DeviceID, limit int) ([]domain.UploadJob, time.Time, error)
	FileUploaded(ctx context.Context, id domain.MessageID, up domain.Uploaded) error
	UploadLater(ctx context.Context, id domain.MessageID, wait time.Duration) error
	UploadRefused(ctx context.Context, id domain.MessageID, why domain.Code) error
	// ReadyUploads has every file of a device tried at once that was put off.
	ReadyUploads(ctx context.Context, id domain.DeviceID) error
	DueReads(ctx context.Context, id domain.DeviceID, limit int) ([]domain.ReadMark, error)
	ReadSent(ctx context.Context, mark domain.ReadMark) error
}

// Sender sends through a device's connection. Errors whose code says that the message did not go (not_connected, storage_failed) or never will
// (send_failed, recipient_unknown, …) are certain; every other error leaves open whether it went.
type Sender interface {
	Send(ctx context.Context, id domain.DeviceID, out domain.Outgoing) (domain.SendResult, error)
	MarkRead(ctx context.Context, mark domain.ReadMark) error
	// Ready reports whether the device is connected.
	Ready(id domain.DeviceID) bool
}

// Uploader brings the files of messages to WhatsApp's hosts.
type Uploader interface {
	// Upload uploads the file of a message and returns the message as it goes; sent is called with how many bytes have gone, from
	// any goroutine. Errors:
	// not_connected; file_gone, file_too_large, media_broken and invalid for what never will go; any other is worth another try.
	Upload(ctx context.Context, job domain.UploadJob, sent func(int64)) (domain.Uploaded, error)
}

// Config is what an outbox is built from.
type Config struct {
	Store    Store
	Sender   Sender
	Uploader Uploader
	// Progress is called when an upload has come further, and with over when it has ended, however that was. May be nil.
	Progress func(p domain.UploadProgress, over bool)
	// Slept is called before anything is sent: it has a sleep of the computer kept that nobody noticed yet, which holds back what is late,
	// and returns how many sleeps there were. May be nil.
	Slept func(ctx context.Context) (int, error)
	// Late is called when scheduled messages wait for a person because nobody could send them at their time. May be nil.
	Late   func(ctx context.Context)
	Now    func() time.Time
	Logger zerolog.Logger
}

// Outbox sends the queued messages of all devices. Its methods may be called from any goroutine, also before Run.
type Outbox struct {
	c Config

	mu      sync.Mutex
	lines   map[domain.DeviceID]*line
	running context.Context // nil before Run and after its end
	group   sync.WaitGroup

	times chan struct{} // buffered: a message has another time
}

// New makes an outbox. Nothing is sent before Run.
func New(c Config) *Outbox {
	if c.Slept == nil {
		c.Slept = func(context.Context) (int, error) { return 0, nil }
	}
	if c.Late == nil {
		c.Late = func(context.Context) {}
	}
	if c.Progress == nil {
		c.Progress = func(domain.UploadProgress, bool) {}
	}
	return &Outbox{c: c, lines: map[domain.DeviceID]*line{}, times: make(chan struct{}, 1)}
}

// Run sends until ctx ends, and returns when nothing is in flight any more. What was in flight stays uncertain and goes again at the next
// start, with the same id.
func (o *Outbox) Run(ctx context.Context) error {
	if err := o.c.Store.BeginOutbox(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	waiting, err := o.c.Store.DevicesToSend(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	o.mu.Lock()
	o.running = ctx
	for _, l := range o.lines {
		o.start(ctx, l)
	}
	o.group.Go(func() { o.watchTimes(ctx) })
	o.mu.Unlock()
	for _, id := range waiting {
		o.Wake(id)
	}
	<-ctx.Done()
	o.mu.Lock()
	o.running = nil
	o.mu.Unlock()
	o.group.Wait()
	return nil
}

// Wake says that there may be something to do for a device: it became connected, or owes read receipts. Uncertain messages go again at once.
func (o *Outbox) Wake(id domain.DeviceID) { o.line(id).wake(true) }

// line returns the line of a device, and starts it if the outbox runs.
func (o *Outbox) line(id domain.DeviceID) *line {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := o.lines[id]
	if l == nil {
		l = newLine(o.c, id)
		o.lines[id] = l
		if o.running != nil {
			o.start(o.running, l)
		}
	}
	return l
}

// start runs a line until ctx ends. The caller holds the lock.
func (o *Outbox) start(ctx context.Context, l *line) {
	o.group.Go(func() { l.run(ctx) })
	o.group.Go(func() { l.courier.run(ctx) })
}

// Queue keeps a message that is to be sent and returns it as queued. It goes as soon as its device is connected and those before it have
// gone; one with a schedule is in nobody's way until its time comes, and one that can be taken back for a while goes after that. Errors: not_found; conflict when WhatsApp's id is taken; invalid for a
// time that there is not; storage errors.
func (o *Outbox) Queue(ctx context.Context, n domain.NewMessage) (domain.Message, error) {
	m, err := o.c.Store.QueueMessage(ctx, n)
	if err != nil {
		return domain.Message{}, err
	}
	if n.Schedule.Set() || n.Undoable {
		o.timesChanged()
	}
	if !n.Schedule.Set() {
		o.line(n.Device).wake(false)
	}
	return m, nil
}

// Retry queues a message that failed, with the same id and payload. Errors: not_found; conflict if it did not fail.
func (o *Outbox) Retry(ctx context.Context, id domain.MessageID) error {
	device, err := o.c.Store.SendAgain(ctx, id)
	if err != nil {
		return err
	}
	o.line(device).wake(false)
	return nil
}

// SendLate sends messages that were held back because they were due in a sleep. Those that wait no more are left as they are.
func (o *Outbox) SendLate(ctx context.Context, ids []domain.MessageID) error {
	return o.wakeAll(o.c.Store.SendLate(ctx, ids))
}

// SendAllLate sends every message that was held back because it was due in a sleep.
func (o *Outbox) SendAllLate(ctx context.Context) error {
	return o.wakeAll(o.c.Store.SendAllLate(ctx))
}

func (o *Outbox) wakeAll(devices []domain.DeviceID, err error) error {
	for _, id := range devices {
		o.line(id).wake(false)
	}
	o.timesChanged()
	return err
}

// Cancel removes a message that has certainly not gone: until the moment it is handed to the client library for the first time. Its text returns
// to the draft of its conversation, which is returned. Errors: not_found; conflict if it may be on its way.
func (o *Outbox) Cancel(ctx context.Context, id domain.MessageID) (string, error) {
	draft, err := o.cancel(ctx, id)
	if domain.CodeOf(err) != domain.CodeConflict {
		return draft, err
	}
	for _, l := range o.all() { // it may have been taken a moment ago, or given back
		l.settle()
	}
	return o.cancel(ctx, id)
}

func (o *Outbox) cancel(ctx context.Context, id domain.MessageID) (string, error) {
	draft, err := o.remove(ctx, id)
	if err == nil {
		for _, l := range o.all() {
			l.courier.stop(id)
		}
	}
	return draft, err
}

func (o *Outbox) remove(ctx context.Context, id domain.MessageID) (string, error) {
	for _, l := range o.all() {
		if back := l.withdraw(id); back != nil {
			draft, err := o.c.Store.CancelMessage(ctx, id, true)
			return draft, back(err)
		}
	}
	return o.c.Store.CancelMessage(ctx, id, false)
}

// all returns the lines that there are.
func (o *Outbox) all() []*line {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Collect(maps.Values(o.lines))
}

// MarkRead sends read receipts as soon as their devices are connected. The store keeps them until then, so nothing is waited for.
func (o *Outbox) MarkRead(_ context.Context, marks []domain.ReadMark) error {
	for _, mark := range marks {
		o.line(mark.Ref.Device).wake(false)
	}
	return nil
}

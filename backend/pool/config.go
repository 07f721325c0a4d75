package pool

import (
	"context"
	"io"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
)

// Client is one session's connection to WhatsApp.
type Client interface {
	// Connect dials and shakes hands, and returns when that is done or has failed. ctx lives as long as the connection; the client
	// bounds the dial itself. That the login succeeded is told by the event SessionConnected.
	Connect(ctx context.Context) error
	// PairCode asks WhatsApp for the code that is typed into the phone with that number (international digits) and returns it as "XXXX-XXXX".
	// It needs a connection that has told PairCodes.
	PairCode(ctx context.Context, number string) (string, error)
	// Disconnect ends the connection; it may wait for a Connect that is on its way. No event follows.
	Disconnect()
	// Logout asks WhatsApp to remove this companion, and deletes the session. It needs a connection.
	Logout(ctx context.Context) error
	// Send sends a message and returns when WhatsApp has it.
	Send(ctx context.Context, out domain.Outgoing) (domain.SendResult, error)
	// MarkRead sends a read receipt.
	MarkRead(ctx context.Context, mark domain.ReadMark) error
	// History fetches the piece of history that a notice names and hands it on in parts.
	History(ctx context.Context, notice domain.InboundHistory, take func(domain.Past) error) error
	// HistoryKept tells the phone that a piece of history is kept.
	HistoryKept(ctx context.Context, notice domain.InboundHistory) error
	// Fetch fetches the file of a message.
	Fetch(ctx context.Context, job domain.MediaJob, into domain.MediaFile) error
	// Upload puts the file of a message on WhatsApp's hosts, encrypted into scratch, and tells how many bytes have gone.
	Upload(ctx context.Context, job domain.UploadJob, plain io.Reader, scratch domain.MediaFile, sent func(int64)) (domain.Uploaded, error)
	// AskPhone asks the account's phone for something that it answers by itself, and returns when WhatsApp has the question. The answer is
	// told by the event SessionPhoneSeen.
	AskPhone(ctx context.Context) error
	// AskOlder asks the phone for older messages; the answer comes as a notice of history.
	AskOlder(ctx context.Context, what domain.Older) error
	// Linked reports whether the session file holds an account.
	Linked() bool
	// Close disconnects and closes the session file.
	Close() error
}

// OpenFunc opens the session in a file, given by its full path, which is made if it does not exist.
type OpenFunc func(ctx context.Context, file string, h domain.SessionHandlers) (Client, error)

// Links keeps which number is linked by which device, and by which session file.
type Links interface {
	// OpenLink begins an attempt to link a device and names its session file.
	OpenLink(ctx context.Context, ref domain.DeviceRef) (domain.Link, error)
	// CheckNumber answers what ClaimNumber would, for a number that nobody has shown to have yet, and reserves nothing.
	CheckNumber(ctx context.Context, link domain.LinkID, number string) error
	// ClaimNumber reserves the number for the attempt. A *domain.RefusedError says who has it, or which one was expected.
	ClaimNumber(ctx context.Context, link domain.LinkID, account domain.Account) error
	// ConfirmLink makes the attempt the device's link and returns the session files that are no longer needed. It checks the LID too.
	ConfirmLink(ctx context.Context, link domain.LinkID, account domain.Account) (domain.Device, []string, error)
	// ReleaseLink ends the attempt and returns its session file.
	ReleaseLink(ctx context.Context, link domain.LinkID) (string, error)
	// DropLink forgets the device's link and returns its session file; account, slot and conversations stay.
	DropLink(ctx context.Context, ref domain.DeviceRef) (string, error)
}

// Config is what a pool needs.
type Config struct {
	Open     OpenFunc
	Sessions string // directory of the session files
	Links    Links

	Receive func(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error // puts on disk what arrived, and returns then
	Journal func(ctx context.Context, change domain.StateChange) error               // writes a row of the history
	Detail  func(ref domain.DeviceRef, state domain.DeviceState)                     // tells what has no row: the next try, a percentage. Does not block; may be nil
	Unkept  func(ref domain.DeviceRef, state domain.DeviceState)                     // tells a state whose row the disk does not take yet. Does not block; may be nil
	Pairing func(step domain.PairingStep)                                            // tells the link dialog. Does not block; may be nil
	Signs   Signs                                                                    // what the senses of the devices have learned; may be nil
	Synced  func(id domain.DeviceID)                                                 // handed over all that WhatsApp kept. Does not block; may be nil
	Ready   func(id domain.DeviceID)                                                 // connected: messages that wait can go. Does not block; may be nil
	Slept   func(ctx context.Context, sleep domain.Sleep) error                      // keeps that the computer slept; tried again while it fails. May be nil

	Ended func() time.Time // when the former run of the application ended; zero if there was none, as with nil
	// Renew looks up WhatsApp's present version, the way that this device's connections take, and dials with it from now on, and reports
	// whether that is newer than the one before. May be nil: then no version is newer.
	Renew func(ctx context.Context, by domain.DeviceID) (newer bool, err error)
	// Proxy names the way that a device's connections take. May be nil: then all are direct.
	Proxy func(ctx context.Context, ref domain.DeviceRef) (domain.Proxy, error)

	Now    func() time.Time // wall clock; time.Now if nil
	Logger zerolog.Logger
	Seed   uint64 // of the random waits
	Gate   Gate
}

// Gate bounds the dials of the whole process. Zero values mean the defaults: 4 at once, 5 per second.
type Gate struct {
	AtOnce    int
	PerSecond int
}

// Times that the pool itself keeps.
const (
	beginWithin   = 5 * time.Second  // for a Run that has not begun when the first request comes
	closeWithin   = 10 * time.Second // Run's end: what is still open after that is left behind, and said
	logoutWithin  = 20 * time.Second
	writeWithin   = 30 * time.Second  // one write into the database
	firstCode     = 60 * time.Second  // how long WhatsApp takes the first QR code
	laterCode     = 20 * time.Second  // and each one after it
	codeLasts     = 160 * time.Second // a code to type, from the moment WhatsApp named its QR codes: it closes the connection with the last of them
	codeSlack     = 5 * time.Second   // by which WhatsApp's clock for that may be ahead of ours
	askWithin     = 20 * time.Second  // for WhatsApp to answer with a code to type
	pairDeadline  = 5 * time.Minute   // for a dialog that hears nothing any more
	scanDeadline  = time.Minute       // from the scan to the confirmation
	loginAgainIn  = 5 * time.Second   // after the confirmation WhatsApp asks to log in again; not waited for any longer
	tellPhone     = 3 * time.Second   // for the phone to be told of a refusal before its connection is closed
	farewellTries = 3
)

func (c *Config) fill() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ended == nil {
		c.Ended = func() time.Time { return time.Time{} }
	}
	if c.Detail == nil {
		c.Detail = func(domain.DeviceRef, domain.DeviceState) {}
	}
	if c.Unkept == nil {
		c.Unkept = func(domain.DeviceRef, domain.DeviceState) {}
	}
	if c.Pairing == nil {
		c.Pairing = func(domain.PairingStep) {}
	}
	if c.Signs == nil {
		c.Signs = noSigns{}
	}
	if c.Synced == nil {
		c.Synced = func(domain.DeviceID) {}
	}
	if c.Ready == nil {
		c.Ready = func(domain.DeviceID) {}
	}
	if c.Renew == nil {
		c.Renew = func(context.Context, domain.DeviceID) (bool, error) { return false, nil }
	}
	if c.Proxy == nil {
		c.Proxy = func(context.Context, domain.DeviceRef) (domain.Proxy, error) { return domain.Proxy{}, nil }
	}
	if c.Slept == nil {
		c.Slept = func(context.Context, domain.Sleep) error { return nil }
	}
	if c.Gate.AtOnce <= 0 {
		c.Gate.AtOnce = 4
	}
	if c.Gate.PerSecond <= 0 {
		c.Gate.PerSecond = 5
	}
}

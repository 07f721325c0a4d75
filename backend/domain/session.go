package domain

import (
	"context"
	"time"
)

// SessionEventKind is what happened to the connection of one session.
type SessionEventKind string

// What the client library tells about a session, in our words. See the package whatsapp for the events they come from.
const (
	SessionConnected     SessionEventKind = "connected"    // logged in, prekeys there
	SessionDisconnected  SessionEventKind = "disconnected" // closed without a reason we know; the pool dials again
	SessionLoginAgain    SessionEventKind = "login_again"  // 515 after pairing: disconnect and dial through the gate
	SessionKeepaliveLost SessionEventKind = "keepalive_lost"
	SessionKeepaliveBack SessionEventKind = "keepalive_back"
	SessionLoggedOut     SessionEventKind = "logged_out" // unlinked; the session is gone
	SessionReplaced      SessionEventKind = "replaced"
	SessionTempBanned    SessionEventKind = "temp_banned" // Until, Code
	SessionBanned        SessionEventKind = "banned"
	SessionOutdated      SessionEventKind = "outdated"
	SessionRefused       SessionEventKind = "refused"         // Code, Reason: a refusal that we do not know
	SessionOfflineSynced SessionEventKind = "offline_synced"  // what arrived while away has been handed over; Count
	SessionFirstSync     SessionEventKind = "first_sync"      // Count: percent
	SessionFirstSyncDone SessionEventKind = "first_sync_done" //
	SessionDiskRefused   SessionEventKind = "disk_refused"    // the session file did not take what arrived; it comes again
	SessionTimelocked    SessionEventKind = "timelocked"      // first contacts are restricted; Until
	SessionPhoneSeen     SessionEventKind = "phone_seen"      // the account's phone did something; At: when, which may be long ago

	PairCodes     SessionEventKind = "pair_codes"     // Codes: the QR payloads to show one after the other
	PairLinking   SessionEventKind = "pair_linking"   // scanned; the guard let it pass
	PairSucceeded SessionEventKind = "pair_succeeded" // Account
	PairFailed    SessionEventKind = "pair_failed"    // Err
	PairOldPhone  SessionEventKind = "pair_old_phone" // scanned by a phone without multi-device
	PairPasskey   SessionEventKind = "pair_passkey"   // the account demands a passkey
)

// SessionEvent is one such happening, with what it carries.
type SessionEvent struct {
	Kind    SessionEventKind
	At      time.Time
	Until   time.Time // SessionTempBanned, SessionTimelocked
	Code    int       // SessionTempBanned, SessionRefused
	Reason  string
	Count   int
	Codes   []string
	Account Account
	Err     error
}

// Outgoing is a message ready to go: everything about it was chosen before the first try.
type Outgoing struct {
	WAID    string
	To      Peer
	Payload []byte // waE2E.Message, message secret included
}

// SendResult is what WhatsApp's ack of a message says.
type SendResult struct {
	At time.Time // server time
}

// SessionHandlers is what the owner of a session gives the client library's wrapper.
type SessionHandlers struct {
	// Receive puts something on disk and returns only then. An error means that WhatsApp must not be told that we have it.
	Receive func(ctx context.Context, in Inbound) error
	// Event tells what happened to the connection. It must not block.
	Event func(ev SessionEvent)
	// Guard decides before pairing completes whether the number may be linked. An error refuses and the phone is told so.
	Guard func(ctx context.Context, account Account) error
	// Proxy names the way that the session's connections take; it is asked before each. An error means that none is made. May be nil:
	// then they are direct.
	Proxy func(ctx context.Context) (Proxy, error)
}

package device

import (
	"errors"
	"time"

	"waflow/backend/domain"
)

// InputKind is what happened to a device.
type InputKind string

// Inputs that the pool makes.
const (
	Started        InputKind = "started"         // the application started; WasLinked says that the device once had an account
	Alarm          InputKind = "alarm"           // the time of State.Alarm has come
	DialStarted    InputKind = "dial_started"    // the gate let the dial through
	DialDone       InputKind = "dial_done"       // the handshake is done
	DialFailed     InputKind = "dial_failed"     // Failure, Reason, Code
	OutageOver     InputKind = "outage_over"     // another device got through after failing
	Woke           InputKind = "woke"            // the computer slept
	NetworkChanged InputKind = "network_changed" // the operating system says so
	StorageFailed  InputKind = "storage_failed"  // the disk refuses
	StorageBack    InputKind = "storage_back"    // the disk takes again
	DeafSuspected  InputKind = "deaf_suspected"  // up, and nothing arrives though it should
	Heard          InputKind = "heard"           // something arrived
	PhoneSilent    InputKind = "phone_silent"    // the phone was not seen for too long; Step days, Reason
	PhoneBack      InputKind = "phone_back"      // the phone was online again
	VersionRenewed InputKind = "version_renewed" // WhatsApp's present version is known: an outdated client may try again
	UnlinkDone     InputKind = "unlink_done"     // WhatsApp removed this companion, as asked
	UnlinkFailed   InputKind = "unlink_failed"   // it did not
	PairStarted    InputKind = "pair_started"    // a link dialog was opened; ByCode
	PairShown      InputKind = "pair_shown"      // a QR code is on the screen; Step n
	PairShownCode  InputKind = "pair_shown_code" // an eight-character code is on the screen
	PairPasskey    InputKind = "pair_passkey"    // the account demands a passkey
	PairScanned    InputKind = "pair_scanned"    // the phone scanned and the guard let it pass
	PairLinked     InputKind = "pair_linked"     // confirmed; the new session is the device's own
	PairFailed     InputKind = "pair_failed"     // Reason
	PairEnded      InputKind = "pair_ended"      // cancelled, or refused by the guard
)

// Inputs that the client tells.
const (
	Connected     InputKind = "connected"
	Disconnected  InputKind = "disconnected"
	LoginAgain    InputKind = "login_again"
	KeepaliveLost InputKind = "keepalive_lost"
	KeepaliveBack InputKind = "keepalive_back"
	LoggedOut     InputKind = "logged_out"
	Replaced      InputKind = "replaced"
	TempBanned    InputKind = "temp_banned" // Until, Code, Reason
	Banned        InputKind = "banned"      // Code, Reason
	Outdated      InputKind = "outdated"    // this device or, while all stop, another one
	Refused       InputKind = "refused"     // Code, Reason
	OfflineSynced InputKind = "offline_synced"
	FirstSync     InputKind = "first_sync" // Step percent
	FirstSyncDone InputKind = "first_sync_done"
	Timelocked    InputKind = "timelocked" // Until; zero or past lifts it
)

// Inputs that a person makes.
const (
	TryNow   InputKind = "try_now"
	CheckNow InputKind = "check_now"
	Reroute  InputKind = "reroute" // its connections take another way from now on
	Pause    InputKind = "pause"
	Resume   InputKind = "resume"
	TakeBack InputKind = "take_back"
	Unlink   InputKind = "unlink"
)

// InputKinds returns every kind of input.
func InputKinds() []InputKind {
	return []InputKind{
		Started, Alarm, DialStarted, DialDone, DialFailed, OutageOver, Woke, NetworkChanged, StorageFailed, StorageBack,
		DeafSuspected, Heard, PhoneSilent, PhoneBack, VersionRenewed, UnlinkDone, UnlinkFailed,
		PairStarted, PairShown, PairShownCode, PairPasskey, PairScanned, PairLinked, PairFailed, PairEnded,
		Connected, Disconnected, LoginAgain, KeepaliveLost, KeepaliveBack, LoggedOut, Replaced, TempBanned, Banned, Outdated, Refused,
		OfflineSynced, FirstSync, FirstSyncDone, Timelocked,
		TryNow, CheckNow, Reroute, Pause, Resume, TakeBack, Unlink,
	}
}

// Input is one thing that happened to a device. Fields other than Kind, At and Chance are set where the kind's comment says so.
type Input struct {
	Kind      InputKind
	At        time.Time // when, by our clock
	Chance    float64   // a random number in [0, 1) for the wait before a dial
	Failure   Failure
	Until     time.Time
	Code      int
	Reason    string // a code or a short English text; no numbers of people
	Proxy     string // DialFailed: host and port of the proxy that failed
	Step      int
	WasLinked bool
	Since     time.Time // Started: when the former run ended. Woke: when the sleep began. Zero if that is not known
	ByCode    bool      // the dialog shows a code to type, no QR code
}

// FailedDial returns the input that a dial's error makes.
func FailedDial(err error) Input {
	failure := Classify(err)
	in := Input{Kind: DialFailed, Failure: failure, Reason: string(failure)}
	var coded *domain.Error
	if failure == FailureProxy && errors.As(err, &coded) && coded.Code == domain.CodeProxyFailed {
		in.Reason, in.Proxy = coded.Detail["trouble"], coded.Detail["proxy"]
	}
	return in
}

// OfSession returns the input that a client's event makes, and false for the events of a pairing, which the pairing takes.
func OfSession(ev domain.SessionEvent) (Input, bool) {
	in := Input{At: ev.At, Until: ev.Until, Code: ev.Code, Reason: ev.Reason, Step: ev.Count}
	switch ev.Kind {
	case domain.SessionConnected:
		in.Kind = Connected
	case domain.SessionDisconnected:
		in.Kind = Disconnected
	case domain.SessionLoginAgain:
		in.Kind = LoginAgain
	case domain.SessionKeepaliveLost:
		in.Kind = KeepaliveLost
	case domain.SessionKeepaliveBack:
		in.Kind = KeepaliveBack
	case domain.SessionLoggedOut:
		in.Kind = LoggedOut
	case domain.SessionReplaced:
		in.Kind = Replaced
	case domain.SessionTempBanned:
		in.Kind = TempBanned
	case domain.SessionBanned:
		in.Kind = Banned
	case domain.SessionOutdated:
		in.Kind = Outdated
	case domain.SessionRefused:
		in.Kind = Refused
	case domain.SessionOfflineSynced:
		in.Kind = OfflineSynced
	case domain.SessionFirstSync:
		in.Kind = FirstSync
	case domain.SessionFirstSyncDone:
		in.Kind = FirstSyncDone
	case domain.SessionDiskRefused:
		in.Kind = StorageFailed
	case domain.SessionTimelocked:
		in.Kind = Timelocked
	case domain.SessionPhoneSeen:
		return Input{}, false // for the senses
	case domain.PairCodes, domain.PairLinking, domain.PairSucceeded, domain.PairFailed, domain.PairOldPhone, domain.PairPasskey:
		return Input{}, false
	default:
		return Input{}, false
	}
	return in, true
}

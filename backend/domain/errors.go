package domain

import (
	"errors"
	"fmt"
)

// Code names an error for programs: stable, lower snake case. The interface chooses what people read by it.
type Code string

// Codes that more than one package uses.
const (
	CodeInternal         Code = "internal"          // a defect of ours
	CodeInvalid          Code = "invalid"           // bad input; Message says what is wrong with it
	CodeNotFound         Code = "not_found"         // the thing named does not exist (any more)
	CodeConflict         Code = "conflict"          // it contradicts what is there, a name in use for example
	CodeTextEmpty        Code = "text_empty"        // a message without text
	CodeTextTooLong      Code = "text_too_long"     // over MaxTextBytes
	CodeNumberInUse      Code = "number_in_use"     // the scanned number belongs to a device already
	CodeWrongNumber      Code = "wrong_number"      // a relink scanned with another number than the device's
	CodeLinkFailed       Code = "link_failed"       // pairing ended without a link; Detail says why
	CodeLinkCancelled    Code = "link_cancelled"    // the operator closed the dialog
	CodeLinkBusy         Code = "link_busy"         // the device is being linked in another dialog
	CodeCodesUsedUp      Code = "codes_used_up"     // all six QR codes ran out
	CodePhoneOutdated    Code = "phone_outdated"    // the phone scanned without multi-device support
	CodeNotConnected     Code = "not_connected"     // the device can't send right now
	CodeNoDevice         Code = "no_device"         // the subaccount has no linked device
	CodeDeviceRemoved    Code = "device_removed"    // the device of a message was removed before WhatsApp confirmed the message
	CodeStorageFailed    Code = "storage_failed"    // the disk refused
	CodeStorageReadOnly  Code = "storage_read_only" // the data directory can't be written
	CodeAlreadyRunning   Code = "already_running"   // another process holds the data directory
	CodeSyncedFolder     Code = "synced_folder"     // the data directory lies in a synced or network folder
	CodeDatabaseNewer    Code = "database_newer"    // the database was made by a later version
	CodeDatabaseDamaged  Code = "database_damaged"  // an integrity check failed
	CodeClockWrong       Code = "clock_wrong"       // this computer's clock is far off
	CodeOtherKind        Code = "other_kind"        // the data directory holds another kind of workspace (real, demo, simulated)
	CodeEndpointRefused  Code = "endpoint_refused"  // a simulator address that is not loopback
	CodeListenRefused    Code = "listen_refused"    // an address other than loopback to serve on
	CodeUnauthorized     Code = "unauthorized"      // no or wrong token
	CodeSendFailed       Code = "send_failed"       // WhatsApp refused a message; Detail says why
	CodeSendUncertain    Code = "send_uncertain"    // no ack: the message may have arrived; it goes again with the same id
	CodeRecipientUnknown Code = "recipient_unknown" // the number is not on WhatsApp
	CodeHistoryTooLarge  Code = "history_too_large" // a piece of history that would take too much memory
	CodeHistoryBroken    Code = "history_broken"    // a piece of history that can't be read
	CodeHistoryGone      Code = "history_gone"      // WhatsApp has a piece of history no more; the phone was asked to hand it over again
	CodeStartupRefused   Code = "startup_refused"   // the system does not let its list of what starts with it be read or changed
	CodeProxyFailed      Code = "proxy_failed"      // the device's proxy; Detail has "proxy" (host:port) and "trouble" (a ProxyTrouble)
)

// Action names what a person can do about an error; the interface makes a button of it.
type Action string

// Actions that an error may name besides those of a status (see NextAction).
const (
	ActionNone         Action = ""
	ActionRetry        Action = "retry"         // do the same again
	ActionNewCode      Action = "new_code"      // show a new QR code
	ActionAnotherPhone Action = "another_phone" // scan with another phone
	ActionOpenDevice   Action = "open_device"   // go to the device that holds the number
	ActionUpdatePhone  Action = "update_phone"  // update WhatsApp on the phone
	ActionShorten      Action = "shorten"       // make the text shorter
	ActionSetClock     Action = "set_clock"     // set this computer's clock
	ActionOtherFolder  Action = "other_folder"  // choose another data directory
	ActionUpdateApp    Action = "update_app"    // install a newer Waflow
)

// Error is an error that a person may read: a code, a sentence, and what can be done.
type Error struct {
	Code    Code
	Message string            // a sentence in English, for logs and as a fallback; without numbers or message text
	Detail  map[string]string // values for the interface's sentence, by name
	Action  Action
	Err     error // the cause, for logs; may be nil
}

// Error returns code, message and cause; never Detail, which may hold a phone number.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, CodeInternal if there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// DiskRefused reports whether an error says that the workspace can't be written or read, whatever it was that should be.
func DiskRefused(err error) bool {
	switch CodeOf(err) {
	case CodeStorageFailed, CodeStorageReadOnly, CodeDatabaseDamaged:
		return true
	default:
		return false
	}
}

// RefusedError is a pairing that the number guard refused, with who has the number.
type RefusedError struct {
	Err    *Error // CodeNumberInUse or CodeWrongNumber
	Holder Holder
}

// Error returns the text of the coded error; it names no number.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the coded error.
func (e *RefusedError) Unwrap() error { return e.Err }

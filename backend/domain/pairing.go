package domain

import "time"

// Link is one attempt to link a device, with a session file of its own.
type Link struct {
	ID     LinkID
	Ref    DeviceRef
	File   string // name of the session file in the workspace's sessions directory
	Relink bool   // the device was linked before; only its own number may be linked again
}

// PairingKind says where a pairing stands.
type PairingKind string

// The kinds of steps, in the order in which a pairing passes them; the last four end it.
const (
	PairingWaiting   PairingKind = "waiting"   // asking WhatsApp for codes
	PairingShowing   PairingKind = "showing"   // QR n of total on the screen
	PairingCode      PairingKind = "code"      // a code on the screen, to be typed into the phone
	PairingScanned   PairingKind = "scanned"   // the phone scanned, the guard let it pass
	PairingPasskey   PairingKind = "passkey"   // the account demands a passkey
	PairingUsedUp    PairingKind = "used_up"   // all codes ran out: "Show a new code"
	PairingLinked    PairingKind = "linked"    // done
	PairingRefused   PairingKind = "refused"   // by the guard; Err and Holder say why
	PairingFailed    PairingKind = "failed"    // Err says why
	PairingCancelled PairingKind = "cancelled" // by the operator
)

// Ended reports whether the pairing is over.
func (k PairingKind) Ended() bool {
	switch k {
	case PairingUsedUp, PairingLinked, PairingRefused, PairingFailed, PairingCancelled:
		return true
	case PairingWaiting, PairingShowing, PairingCode, PairingScanned, PairingPasskey:
		return false
	}
	return true
}

// PairingStep is one step of a pairing, as the dialog shows it.
type PairingStep struct {
	Ref     DeviceRef
	Link    LinkID
	Kind    PairingKind
	At      time.Time
	Asked   string    // the number that a code was asked for, international digits; "" when a QR code is scanned
	Code    string    // PairingShowing: the QR payload. PairingCode: what is typed into the phone, "XXXX-XXXX"
	N       int       // PairingShowing: which code, from 1
	Total   int       // PairingShowing: how many codes there are in all
	Expires time.Time // PairingShowing, PairingCode: when this code runs out
	Account Account   // who scanned, from PairingScanned on, and when refused; without number when it was refused before anybody was asked
	Holder  *Holder   // PairingRefused: who has the number
	Err     error     // PairingRefused, PairingFailed
}

// Holder names the device that already has a scanned number.
type Holder struct {
	Ref            DeviceRef
	SubaccountName string
	DeviceLabel    string
	Slot           int
	Number         string // the number that Ref has: of a wrong-number refusal, the number that was expected
	Since          time.Time
	Conversations  int
}

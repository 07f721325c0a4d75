package whatsapp

import (
	"errors"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// Reasons in SessionEvent.Reason that are ours; those of WhatsApp are its own short words.
const (
	// ReasonMainDeviceGone: WhatsApp no longer accepts the account's phone (failure 403), after it moved to another phone
	// or was locked.
	ReasonMainDeviceGone = "main_device_gone"
	// ReasonRedelivery: we ended the connection, so that what could not be stored comes again.
	ReasonRedelivery = "redelivery"
	// ReasonStreamError: WhatsApp ended the connection with an error that we do not know.
	ReasonStreamError = "stream_error"
)

// sessionEvent says what one of the library's events means for the session, and false for an event that means nothing for
// it. Which event comes when is the library's: connectionevents.go, pair.go, keepalive.go.
func sessionEvent(raw any, now time.Time) (domain.SessionEvent, bool) {
	event := domain.SessionEvent{At: now}
	switch e := raw.(type) {
	case *events.Connected:
		event.Kind = domain.SessionConnected
	case *events.Disconnected:
		event.Kind = domain.SessionDisconnected
	case *events.ManualLoginReconnect:
		event.Kind = domain.SessionLoginAgain
	case *events.KeepAliveTimeout:
		event.Kind, event.Count = domain.SessionKeepaliveLost, e.ErrorCount
	case *events.KeepAliveRestored:
		event.Kind = domain.SessionKeepaliveBack
	case *events.LoggedOut:
		loggedOut(&event, e)
	case *events.StreamReplaced:
		event.Kind = domain.SessionReplaced
	case *events.TemporaryBan:
		event.Kind, event.Code = domain.SessionTempBanned, int(e.Code)
		if e.Expire > 0 {
			event.Until = now.Add(e.Expire)
		}
	case *events.ClientOutdated:
		event.Kind, event.Code = domain.SessionOutdated, int(events.ConnectFailureClientOutdated)
	case *events.ConnectFailure:
		event.Kind, event.Code, event.Reason = domain.SessionRefused, int(e.Reason), maskText(shorten(e.Message))
	case *events.StreamError:
		event.Kind, event.Reason = domain.SessionRefused, ReasonStreamError
		event.Code, _ = strconv.Atoi(e.Code) // a code that is no number stays 0
	case *events.OfflineSyncCompleted:
		event.Kind, event.Count = domain.SessionOfflineSynced, e.Count
	case *events.NotifyAccountReachoutTimelock:
		event.Kind, event.Reason = domain.SessionTimelocked, maskText(shorten(e.EnforcementType))
		if e.IsActive {
			event.Until = e.TimeEnforcementEnds.Time
		}
	default:
		return pairingEvent(raw, event)
	}
	return event, true
}

// loggedOut tells an unlinked companion (401, on a live connection or at login) and an account that is gone (403) from a
// banned one (406). In all of them the library deletes the session.
func loggedOut(event *domain.SessionEvent, e *events.LoggedOut) {
	event.Kind, event.Code = domain.SessionLoggedOut, int(e.Reason)
	switch e.Reason {
	case events.ConnectFailureUnknownLogout:
		event.Kind = domain.SessionBanned
	case events.ConnectFailureMainDeviceGone:
		event.Reason = ReasonMainDeviceGone
	}
}

func pairingEvent(raw any, event domain.SessionEvent) (domain.SessionEvent, bool) {
	switch e := raw.(type) {
	case *events.QR:
		event.Kind, event.Codes = domain.PairCodes, e.Codes
	case *events.PairSuccess:
		event.Kind = domain.PairSucceeded
		event.Account = domain.Account{Number: userOf(e.ID), LID: userOf(e.LID), BusinessName: e.BusinessName, Platform: e.Platform}
	case *events.PairError:
		event.Kind, event.Err = domain.PairFailed, pairFailed(e.Error)
		event.Account = domain.Account{Number: userOf(e.ID), LID: userOf(e.LID), BusinessName: e.BusinessName, Platform: e.Platform}
	case *events.QRScannedWithoutMultidevice:
		event.Kind = domain.PairOldPhone
	case *events.PairPasskeyRequest, *events.PairPasskeyConfirmation:
		event.Kind = domain.PairPasskey
	case *events.PairPasskeyError:
		event.Kind, event.Err = domain.PairFailed, linkFailed("passkey", "The account's passkey could not be checked.", e.Error)
	default:
		return domain.SessionEvent{}, false
	}
	return event, true
}

func userOf(jid types.JID) string { return jid.User }

// pairFailed translates why a pairing ended after the scan. Detail "reason" tells programs.
func pairFailed(err error) *domain.Error {
	var malformed *whatsmeow.PairProtoError
	var unsaved *whatsmeow.PairDatabaseError
	switch {
	case errors.Is(err, whatsmeow.ErrPairRejectedLocally):
		return linkFailed("refused", "The number may not be linked here.", err)
	case errors.Is(err, whatsmeow.ErrPairInvalidDeviceIdentityHMAC), errors.Is(err, whatsmeow.ErrPairInvalidDeviceSignature):
		return linkFailed("not_proven", "The phone could not prove that it scanned this code. Nothing was linked.", err)
	case errors.As(err, &malformed):
		return linkFailed("malformed", "The phone's answer could not be understood. Nothing was linked.", err)
	case errors.As(err, &unsaved):
		return linkFailed("not_stored", "The link could not be stored. Nothing was linked.", err)
	default:
		return linkFailed("interrupted", "The connection ended before the link was complete.", err)
	}
}

func linkFailed(reason, sentence string, cause error) *domain.Error {
	return &domain.Error{
		Code:    domain.CodeLinkFailed,
		Message: sentence,
		Detail:  map[string]string{"reason": reason},
		Action:  domain.ActionNewCode,
		Err:     maskedError(cause),
	}
}

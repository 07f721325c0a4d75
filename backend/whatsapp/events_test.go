package whatsapp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/util/jsontime"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

func TestSessionEvents(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	until := now.Add(6 * time.Hour)
	for name, c := range map[string]struct {
		raw  any
		want *domain.SessionEvent
	}{
		"connected":            {&events.Connected{}, &domain.SessionEvent{Kind: domain.SessionConnected}},
		"disconnected":         {&events.Disconnected{}, &domain.SessionEvent{Kind: domain.SessionDisconnected}},
		"515":                  {&events.ManualLoginReconnect{}, &domain.SessionEvent{Kind: domain.SessionLoginAgain}},
		"ping lost":            {&events.KeepAliveTimeout{ErrorCount: 2}, &domain.SessionEvent{Kind: domain.SessionKeepaliveLost, Count: 2}},
		"ping back":            {&events.KeepAliveRestored{}, &domain.SessionEvent{Kind: domain.SessionKeepaliveBack}},
		"unlinked, live":       {&events.LoggedOut{Reason: 401}, &domain.SessionEvent{Kind: domain.SessionLoggedOut, Code: 401}},
		"unlinked, at login":   {&events.LoggedOut{OnConnect: true, Reason: 401}, &domain.SessionEvent{Kind: domain.SessionLoggedOut, Code: 401}},
		"phone gone, at login": {&events.LoggedOut{OnConnect: true, Reason: 403}, &domain.SessionEvent{Kind: domain.SessionLoggedOut, Code: 403, Reason: whatsapp.ReasonMainDeviceGone}},
		"banned, at login":     {&events.LoggedOut{OnConnect: true, Reason: 406}, &domain.SessionEvent{Kind: domain.SessionBanned, Code: 406}},
		"replaced":             {&events.StreamReplaced{}, &domain.SessionEvent{Kind: domain.SessionReplaced}},
		"banned for a while":   {&events.TemporaryBan{Code: 104, Expire: 6 * time.Hour}, &domain.SessionEvent{Kind: domain.SessionTempBanned, Code: 104, Until: until}},
		"banned, no end told":  {&events.TemporaryBan{Code: 101}, &domain.SessionEvent{Kind: domain.SessionTempBanned, Code: 101}},
		"outdated":             {&events.ClientOutdated{}, &domain.SessionEvent{Kind: domain.SessionOutdated, Code: 405}},
		"refused":              {&events.ConnectFailure{Reason: 409, Message: "bad agent"}, &domain.SessionEvent{Kind: domain.SessionRefused, Code: 409, Reason: "bad agent"}},
		"refused, a number in the reason": {
			&events.ConnectFailure{Reason: 418, Message: "number 34600000013"},
			&domain.SessionEvent{Kind: domain.SessionRefused, Code: 418, Reason: "number …13"},
		},
		"stream error":          {&events.StreamError{Code: "516"}, &domain.SessionEvent{Kind: domain.SessionRefused, Code: 516, Reason: whatsapp.ReasonStreamError}},
		"stream error, no code": {&events.StreamError{}, &domain.SessionEvent{Kind: domain.SessionRefused, Reason: whatsapp.ReasonStreamError}},
		"away is over":          {&events.OfflineSyncCompleted{Count: 7}, &domain.SessionEvent{Kind: domain.SessionOfflineSynced, Count: 7}},
		"time-lock": {
			&events.NotifyAccountReachoutTimelock{IsActive: true, EnforcementType: "DEFAULT", TimeEnforcementEnds: jsontime.UnixString{Time: until}},
			&domain.SessionEvent{Kind: domain.SessionTimelocked, Until: until, Reason: "DEFAULT"},
		},
		"time-lock over": {&events.NotifyAccountReachoutTimelock{}, &domain.SessionEvent{Kind: domain.SessionTimelocked}},
		"codes":          {&events.QR{Codes: []string{"a", "b"}}, &domain.SessionEvent{Kind: domain.PairCodes, Codes: []string{"a", "b"}}},
		"old phone":      {&events.QRScannedWithoutMultidevice{}, &domain.SessionEvent{Kind: domain.PairOldPhone}},
		"passkey":        {&events.PairPasskeyRequest{}, &domain.SessionEvent{Kind: domain.PairPasskey}},
		"linked": {
			&events.PairSuccess{
				ID:  types.JID{User: "34600000013", Device: 4, Server: types.DefaultUserServer},
				LID: types.JID{User: "99", Device: 4, Server: types.HiddenUserServer}, BusinessName: "Desk", Platform: "smba",
			},
			&domain.SessionEvent{Kind: domain.PairSucceeded, Account: domain.Account{Number: "34600000013", LID: "99", BusinessName: "Desk", Platform: "smba"}},
		},
		"preview":           {&events.OfflineSyncPreview{Total: 3}, nil},
		"app state":         {&events.AppStateSyncComplete{}, nil},
		"something new":     {struct{}{}, nil},
		"nothing":           {nil, nil},
		"presence":          {&events.Presence{}, nil},
		"history by itself": {&events.HistorySync{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want != nil {
				c.want.At = now
			}
			require.Equal(t, c.want, whatsapp.EventOf(c.raw, now))
		})
	}
}

func TestFailedPairings(t *testing.T) {
	for reason, cause := range map[string]error{
		"refused":     whatsmeow.ErrPairRejectedLocally,
		"not_proven":  whatsmeow.ErrPairInvalidDeviceIdentityHMAC,
		"malformed":   &whatsmeow.PairProtoError{Message: "x", ProtoErr: errors.New("y")},
		"not_stored":  &whatsmeow.PairDatabaseError{Message: "x", DBErr: errors.New("y")},
		"interrupted": whatsmeow.ErrNotConnected,
	} {
		t.Run(reason, func(t *testing.T) {
			event := whatsapp.EventOf(&events.PairError{Error: cause}, time.Now())
			require.Equal(t, domain.PairFailed, event.Kind)
			var failed *domain.Error
			require.ErrorAs(t, event.Err, &failed)
			require.Equal(t, domain.CodeLinkFailed, failed.Code)
			require.Equal(t, reason, failed.Detail["reason"])
			require.ErrorIs(t, event.Err, cause)
		})
	}
}

func TestRedeliverWaitGrowsToItsBound(t *testing.T) {
	last := time.Duration(0)
	for failures := 1; failures < 40; failures++ {
		wait := whatsapp.RedeliverWait(failures)
		require.GreaterOrEqual(t, wait, last)
		last = wait
	}
	require.Equal(t, 5*time.Second, whatsapp.RedeliverWait(1))
	require.Equal(t, 5*time.Minute, last)
}

package wasim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func TestControlOfSessions(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	h := s.ControlHandler()
	post := func(path string, body any) object {
		t.Helper()
		status, got := call[object](t, h, http.MethodPost, path, body)
		require.Equal(t, http.StatusOK, status, "%s: %v", path, got)
		return got
	}
	const clinic = "/phones/34600000013"
	post("/phones", wasim.PhoneOptions{Number: "+34600000013", Name: "Clinic"})
	post("/phones", wasim.PhoneOptions{Number: "+34600000021", Name: "Ana"})
	post(clinic+"/requires-passkey", object{"on": true})
	c := codeClient(t, s, "session")
	code := c.askForCode("+34600000013")
	_, waiting := call[[]wasim.LinkRequest](t, h, http.MethodGet, clinic+"/link-requests", nil)
	require.Len(t, waiting, 1)
	for path, status := range map[string]int{clinic: http.StatusBadRequest, "/phones/34600000021": http.StatusConflict, "/phones/34600000099": http.StatusNotFound} {
		typed := object{"code": code}
		if path == clinic {
			typed = object{"code": "short"}
		}
		got, _ := call[object](t, h, http.MethodPost, path+"/enter-code", typed)
		require.Equal(t, status, got, path)
	}
	typed, err := json.Marshal(object{"code": code})
	require.NoError(t, err)
	linked := make(chan int, 1)
	go func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, clinic+"/enter-code", bytes.NewReader(typed)))
		linked <- w.Code
	}()
	demand := await[*events.PairPasskeyRequest](c, nil)
	status, answer := call[types.WebAuthnResponse](t, h, http.MethodPost, clinic+"/use-passkey", demand.PublicKey)
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, c.SendPasskeyResponse(within(t), &answer))
	await[*events.PairPasskeyConfirmation](c, nil)
	require.NoError(t, c.SendPasskeyConfirmation(within(t)))
	require.Equal(t, http.StatusOK, <-linked)
	await[*events.Connected](c, nil)
	waitFor(t, s, "told", func() bool { return settled(s, s.Phone("+34600000013"), 1) })

	post(clinic+"/time-lock", object{"kind": "BIZ_QUALITY", "seconds": 3600})
	await(c, func(e *events.NotifyAccountReachoutTimelock) bool { return e.EnforcementType == "BIZ_QUALITY" })
	_, lock := call[wasim.TimeLock](t, h, http.MethodGet, clinic+"/time-lock", nil)
	require.WithinDuration(t, time.Now().Add(time.Hour), lock.Ends, time.Minute)
	post(clinic+"/time-lock", object{"seconds": 0})
	await(c, func(e *events.NotifyAccountReachoutTimelock) bool { return !e.IsActive })

	const ana = "/phones/34600000021"
	post(clinic+"/clock", object{"ms": -60_000})
	post(ana+"/hide-number", object{"on": true})
	post(ana+"/send", object{"to": "+34600000013", "text": "guess who"})
	require.True(t, c.awaitText("guess who").Info.SenderAlt.IsEmpty())
	post(clinic+"/share-mapping", object{"number": "+34600000021"})
	post(ana+"/reinstall", nil)
	await[*events.IdentityChange](c, nil)
	require.Equal(t, "+34600000022", post(ana+"/change-number", object{"number": "+34600000022", "newLID": true})["number"])
	post(clinic+"/lose-prekeys", nil)
	require.Zero(t, s.Phone("+34600000013").LinkedDevices()[0].PreKeys)
	post(clinic+"/half-open", nil)
	post("/phones/34600000022/send", object{"to": "+34600000013", "text": "one way"})
	c.awaitText("one way")
	post(clinic+"/numb", nil)
}

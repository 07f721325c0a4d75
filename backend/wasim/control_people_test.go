package wasim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func TestControlOfPeople(t *testing.T) {
	s, clinic, c := linked(t)
	h := s.ControlHandler()
	post := func(path string, body any) object {
		t.Helper()
		status, got := call[object](t, h, http.MethodPost, path, body)
		require.Equal(t, http.StatusOK, status, "%s: %v", path, got)
		return got
	}
	const ana = "/phones/34600000021"
	post("/phones", wasim.PhoneOptions{Number: "+34600000021", Name: "Ana", Avatar: "Ana"})
	web := post(ana+"/computers", map[string]string{"name": "Chrome (Linux)"})
	require.EqualValues(t, 1, web["device"])
	post(ana+"/computers/1/send", map[string]string{"to": clinic.Number(), "text": "from the computer"})
	require.EqualValues(t, 1, c.awaitText("from the computer").Info.Sender.Device)
	post(ana+"/computers/1/network", map[string]bool{"on": true})
	post(ana+"/computers/1/available", map[string]bool{"on": true})
	post(ana+"/computers/1/typing", map[string]string{"to": clinic.Number(), "kind": "composing"})
	waitFor(t, s, "typing seen", func() bool { return clinic.TypingSeen("+34600000021") == wasim.TypingText })
	_, shown := call[[]wasim.ChatMessage](t, h, http.MethodGet, ana+"/computers/1/messages?peer=34600000013", nil)
	require.Len(t, shown, 1)
	post(ana+"/computers/1/read", map[string]string{"peer": clinic.Number()})

	post(ana+"/about", map[string]string{"text": "at the beach"})
	await(c, func(a *events.UserAbout) bool { return a.Status == "at the beach" })
	post(ana+"/picture", map[string]any{"jpeg": photo(t)})
	post(ana+"/business", wasim.BusinessProfile{Category: "Surf school"})
	post(ana+"/available", map[string]bool{"on": true})
	post(ana+"/typing", map[string]string{"to": clinic.Number(), "kind": "recording"})
	post(ana+"/privacy", map[string]string{"name": "last", "value": "none"})
	post(ana+"/new-chat-timer", map[string]int{"seconds": 86400})
	post(ana+"/behave", wasim.Behaviour{Answering: &wasim.Answering{Lines: []string{"later"}}})
	_, behaviour := call[wasim.Behaviour](t, h, http.MethodGet, ana+"/behave", nil)
	require.Equal(t, []string{"later"}, behaviour.Answering.Lines)
	_, err := c.sendText(jid(t, s.Phone("+34600000021").LID()), "now?")
	require.NoError(t, err)
	c.awaitText("later")
	post(ana+"/block", map[string]any{"number": clinic.Number(), "on": true})

	_, profile := call[wasim.ProfileView](t, h, http.MethodGet, ana+"/profile", nil)
	require.NotEmpty(t, profile.Picture)
	require.Equal(t, "at the beach", profile.About)
	require.Equal(t, "Surf school", profile.Business.Category)
	require.Equal(t, []string{clinic.Number()}, profile.Blocked)
	require.Equal(t, "none", profile.Privacy["last"])
	require.Equal(t, 86400, profile.NewChatTimer)
	require.True(t, profile.Available)

	for path, body := range map[string]any{
		"/picture":        map[string]any{"jpeg": []byte("no picture")},
		"/privacy":        map[string]string{"name": "last", "value": "nonsense"},
		"/new-chat-timer": map[string]int{"seconds": 7},
		"/typing":         map[string]string{"to": clinic.Number(), "kind": "singing"},
		"/behave":         wasim.Behaviour{Answering: &wasim.Answering{}},
	} {
		status, got := call[object](t, h, http.MethodPost, ana+path, body)
		require.Equal(t, http.StatusBadRequest, status, "%s: %v", path, got)
	}
	status, _ := call[object](t, h, http.MethodDelete, ana+"/computers/1", nil)
	require.Equal(t, http.StatusOK, status)
	status, _ = call[object](t, h, http.MethodPost, ana+"/computers/1/send", map[string]string{})
	require.Equal(t, http.StatusNotFound, status)
}

package wasim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

func TestControlOfContent(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	newPhone(t, s, "+34600000013", "Clinic")
	newPhone(t, s, "+34600000021", "Ana")
	h := s.ControlHandler()
	const ana, clinic = "/phones/34600000021", "/phones/34600000013"
	type id struct{ ID string }
	do := func(path string, body object) string {
		t.Helper()
		status, answer := call[id](t, h, "POST", path, body)
		require.Equal(t, http.StatusOK, status)
		return answer.ID
	}
	shown := func(id string) wasim.ChatMessage {
		_, messages := call[[]wasim.ChatMessage](t, h, "GET", clinic+"/messages?peer=%2B34600000021", nil)
		for _, m := range messages {
			if m.ID == id {
				return m
			}
		}
		return wasim.ChatMessage{Content: &wasim.Content{}}
	}
	photo := do(ana+"/message", object{"to": "+34600000013", "kind": "image", "text": "a view"})
	waitFor(t, s, "photo", func() bool { return shown(photo).Kind == wasim.KindImage && shown(photo).Media.Fetched })
	status, file := call[struct{ Data []byte }](t, h, "GET", clinic+"/media/"+photo+"?peer=34600000021", nil)
	require.Equal(t, http.StatusOK, status)
	require.EqualValues(t, len(file.Data), shown(photo).Media.Size)
	own := do(ana+"/message", object{"to": "+34600000013", "kind": "document", "file": object{"data": []byte("text"), "name": "a.txt", "mime": "text/plain"}})
	waitFor(t, s, "document", func() bool { return shown(own).Kind == wasim.KindDocument })
	require.Equal(t, "a.txt", shown(own).Media.FileName)

	do(clinic+"/react", object{"peer": "34600000021", "id": photo, "emoji": "👍"})
	do(ana+"/edit", object{"peer": "34600000013", "id": photo, "text": "another view"})
	do(ana+"/pin-message", object{"peer": "34600000013", "id": photo, "on": true})
	waitFor(t, s, "changes", func() bool {
		m := shown(photo)
		return m.Reactions["+34600000013"] == "👍" && m.Text == "another view" && m.Edited && m.Pinned
	})
	poll := do(ana+"/message", object{"to": "+34600000013", "kind": "poll", "text": "?", "options": []string{"a", "b"}})
	waitFor(t, s, "poll", func() bool { return shown(poll).Kind == wasim.KindPoll })
	do(clinic+"/vote", object{"peer": "34600000021", "id": poll, "options": []string{"b"}})
	waitFor(t, s, "vote", func() bool { return len(shown(poll).Poll.Votes) == 1 })
	do(ana+"/delete", object{"peer": "34600000013", "id": photo})
	waitFor(t, s, "deletion", func() bool { return shown(photo).Kind == wasim.KindDeleted })
	do(ana+"/timer", object{"peer": "34600000013", "seconds": 60})
	status, count := call[struct{ Count int }](t, h, "POST", ana+"/media/expire", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 2, count.Count)
	status, _ = call[object](t, h, "DELETE", clinic+"/media/"+own+"?peer=34600000021", nil)
	require.Equal(t, http.StatusOK, status)

	for path, body := range map[string]object{
		ana + "/message": {"to": "+34600000013", "kind": "song"},
		ana + "/edit":    {"peer": "34600000013", "id": "NOTHING"},
		ana + "/vote":    {"peer": "34600000013", "id": poll, "options": []string{"c"}},
		clinic + "/edit": {"peer": "34600000021", "id": poll},
		"/faults":        {"kind": "media_slow"},
	} {
		status, answer := call[object](t, h, "POST", path, body)
		require.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, path)
		require.NotEmpty(t, answer["error"])
	}
	status, _ = call[object](t, h, "GET", clinic+"/media/"+own+"?peer=34600000021", nil)
	require.Equal(t, http.StatusNotFound, status)
}

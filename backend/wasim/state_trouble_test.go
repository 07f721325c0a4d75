package wasim_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// A device that has lost a collection gets it from the phone, unencrypted, and goes on from there.
func TestRecoveryOfACollection(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, clinic.Pin(t.Context(), ana.Number(), true))
	await[*events.Pin](c, nil)
	inStep(c, clinic)
	name := appstate.WAPatchRegularLow
	require.NoError(t, c.Store.AppState.DeleteAppStateVersion(t.Context(), string(name)))
	_, err := c.SendPeerMessage(within(t), whatsmeow.BuildAppStateRecoveryRequest(name))
	require.NoError(t, err)
	await(c, func(e *events.AppStateSyncComplete) bool { return e.Name == name && e.Recovery })
	inStep(c, clinic)
	require.NoError(t, clinic.Archive(t.Context(), ana.Number(), true))
	await[*events.Archive](c, nil)
	require.Empty(t, all[*events.AppStateSyncError](c), "the sum that the phone told is right")
}

// A device that gives up on a collection has all devices logged out. The phone starts the collection anew with what it
// knows.
func TestFatalException(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	for range 6 {
		require.NoError(t, clinic.Pin(t.Context(), ana.Number(), false))
		require.NoError(t, clinic.Archive(t.Context(), ana.Number(), true))
	}
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	_, err := c.SendPeerMessage(within(t), whatsmeow.BuildFatalAppStateExceptionNotification(appstate.WAPatchRegularLow))
	require.NoError(t, err)
	await[*events.LoggedOut](c, nil)
	waitFor(t, s, "the collection to begin again", func() bool {
		return clinic.State().Versions[string(appstate.WAPatchRegularLow)] == 1
	})
	view, err := clinic.Chat(ana.Number())
	require.NoError(t, err)
	require.True(t, view.Archived)

	again := newClient(t, s, filepath.Join(t.TempDir(), "again.db"))
	again.EmitAppStateEventsOnFullSync = true
	again.link(clinic)
	await(again, func(e *events.Archive) bool { return e.Action.GetArchived() })
	require.Empty(t, all[*events.AppStateSyncError](again))
}

// Patches that other devices would choke on are refused, and the collection stays as it was.
func TestNonsenseInPatches(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	before := clinic.State().Versions
	mutation := func(index, value int) *waServerSync.SyncdMutation {
		return &waServerSync.SyncdMutation{Record: &waServerSync.SyncdRecord{
			Index: &waServerSync.SyncdIndex{Blob: make([]byte, index)}, Value: &waServerSync.SyncdValue{Blob: make([]byte, value)},
		}}
	}
	mac := make([]byte, 32)
	for _, patch := range []*waServerSync.SyncdPatch{
		{},
		{SnapshotMAC: mac},
		{Mutations: []*waServerSync.SyncdMutation{mutation(32, 80)}},
		{SnapshotMAC: mac, Mutations: []*waServerSync.SyncdMutation{mutation(31, 80)}},
		{SnapshotMAC: mac, Mutations: []*waServerSync.SyncdMutation{mutation(32, 31)}},
		{SnapshotMAC: mac, Mutations: []*waServerSync.SyncdMutation{nil}},
		{SnapshotMAC: mac, ExternalMutations: &waServerSync.ExternalBlobReference{DirectPath: proto.String("/v/nowhere?"), MediaKey: mac}},
		{SnapshotMAC: mac, ExternalMutations: &waServerSync.ExternalBlobReference{DirectPath: proto.String("::"), MediaKey: []byte{1}}},
	} {
		raw, err := proto.Marshal(patch)
		require.NoError(t, err)
		answer := askFor(t, c, waBinary.Node{
			Tag: "collection", Attrs: waBinary.Attrs{"name": "regular", "version": before["regular"]},
			Content: []waBinary.Node{{Tag: "patch", Content: raw}},
		})
		refusal := answer.GetChildByTag("sync", "collection", "error")
		require.Equal(t, "400", refusal.AttrGetter().String("code"))
	}
	_, err := tryAsking(t, c, waBinary.Node{Tag: "collection", Attrs: waBinary.Attrs{"name": "zzz"}})
	require.ErrorIs(t, err, whatsmeow.ErrIQBadRequest)
	answer := askFor(t, c, waBinary.Node{Tag: "collection", Attrs: waBinary.Attrs{"name": "regular", "version": "18446744073709551615"}})
	collection := answer.GetChildByTag("sync", "collection")
	require.Empty(t, collection.GetChildren())
	require.Equal(t, before, clinic.State().Versions)
	require.NoError(t, clinic.Pin(t.Context(), ana.Number(), true))
	await[*events.Pin](c, nil)
}

func tryAsking(t *testing.T, c *client, collections ...waBinary.Node) (*waBinary.Node, error) {
	t.Helper()
	return c.DangerousInternals().SendIQ(within(t), whatsmeow.DangerousInfoQuery{
		Namespace: "w:sync:app:state", Type: "set", To: types.ServerJID, Content: []waBinary.Node{{Tag: "sync", Content: collections}},
	})
}

func askFor(t *testing.T, c *client, collections ...waBinary.Node) *waBinary.Node {
	t.Helper()
	answer, err := tryAsking(t, c, collections...)
	require.NoError(t, err)
	return answer
}

// Several collections travel in one question, as Baileys asks.
func TestSeveralCollectionsAtOnce(t *testing.T) {
	_, clinic, c := linked(t)
	var wanted []waBinary.Node
	for _, name := range appstate.AllPatchNames {
		wanted = append(wanted, waBinary.Node{Tag: "collection", Attrs: waBinary.Attrs{"name": string(name), "version": "0", "return_snapshot": "true"}})
	}
	answer := askFor(t, c, wanted...)
	child := answer.GetChildByTag("sync")
	got := child.GetChildrenByTag("collection")
	require.Len(t, got, len(wanted))
	for i, collection := range got {
		name := collection.AttrGetter().String("name")
		require.Equal(t, string(appstate.AllPatchNames[i]), name)
		require.Equal(t, clinic.State().Versions[name], collection.AttrGetter().Uint64("version"))
	}
}

func TestAppStateAndHistoryOverTheControlInterface(t *testing.T) {
	s, _, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	h := s.ControlHandler()
	const phone = "/phones/34600000013"
	post := func(path string, body any) object {
		t.Helper()
		status, answer := call[object](t, h, "POST", phone+path, body)
		require.Equal(t, http.StatusOK, status, answer)
		return answer
	}
	post("/past", object{"peer": ana.Number(), "messages": []object{{"id": "PAST1", "at": time.Now().Add(-time.Hour), "text": "earlier"}}})
	post("/contact", object{"number": ana.Number(), "name": "Ana Ruiz"})
	post("/archive", object{"peer": ana.Number(), "on": true})
	post("/mute", object{"peer": ana.Number(), "on": true})
	post("/unread", object{"peer": ana.Number(), "on": true})
	post("/star", object{"peer": ana.Number(), "id": "PAST1", "on": true})
	post("/mute-status", object{"peer": ana.Number(), "on": true})
	post("/settings", object{"locale": "es", "unarchiveChats": true, "twentyFourHours": true})
	label := post("/label", object{"name": "Paid", "color": 4})["id"]
	post("/label-chat", object{"peer": ana.Number(), "label": label, "on": true})
	post("/label-message", object{"peer": ana.Number(), "label": label, "id": "PAST1", "on": true})
	post("/quick-reply", object{"id": "1", "shortcut": "hi", "message": "Good morning"})
	post("/rotate-key", object{})
	post("/pin", object{"peer": ana.Number(), "on": true})
	await(c, func(e *events.Pin) bool { return e.Action.GetPinned() })

	status, chat := call[wasim.ChatView](t, h, "GET", phone+"/chat?peer="+ana.Number()[1:], nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, wasim.ChatView{
		Peer: ana.Number(), Archived: true, Pinned: true, Muted: true, MarkedUnread: true, StatusMuted: true,
		Labels: []string{"1"}, Starred: []string{"PAST1"},
	}, chat)
	_, state := call[wasim.StateView](t, h, "GET", phone+"/state", nil)
	require.Equal(t, "Ana Ruiz", state.Contacts[ana.Number()])
	require.Equal(t, []wasim.Label{{ID: "1", Name: "Paid", Color: 4, Chats: []string{ana.Number()}, Messages: []string{"PAST1"}}}, state.Labels)
	require.Equal(t, []wasim.QuickReply{{ID: "1", Shortcut: "hi", Message: "Good morning"}}, state.QuickReplies)
	require.Equal(t, "es", state.Locale)
	require.True(t, state.UnarchiveChats && state.TwentyFourHours)
	post("/label", object{"id": "1", "deleted": true})
	post("/contact", object{"number": ana.Number()})
	post("/delete-for-me", object{"peer": ana.Number(), "id": "PAST1"})
	post("/clear", object{"peer": ana.Number()})
	post("/delete-chat", object{"peer": ana.Number()})
	_, state = call[wasim.StateView](t, h, "GET", phone+"/state", nil)
	require.Empty(t, state.Labels)
	require.NotContains(t, state.Contacts, ana.Number())
	require.Empty(t, state.Chats)

	post("/history", object{"chats": 10, "messages": 100})
	status, chunks := call[[]wasim.HistoryChunk](t, h, "GET", phone+"/history", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "INITIAL_BOOTSTRAP", chunks[0].Type)
	for path, body := range map[string]any{
		"/history": object{"chats": 0}, "/past": object{"peer": ana.Number(), "messages": []object{{"text": "x"}}},
	} {
		status, _ = call[object](t, h, "POST", phone+path, body)
		require.Equal(t, http.StatusBadRequest, status)
	}
	status, _ = call[object](t, h, "POST", phone+"/star", object{"peer": ana.Number(), "id": "none"})
	require.Equal(t, http.StatusNotFound, status)
}

package bridge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/fleet"
	"waflow/backend/inbox"
	"waflow/backend/settings"
	"waflow/backend/sleep"
	"waflow/backend/store"
)

// quietPool connects nothing and pairs as far as the first code.
type quietPool struct {
	fleet.Pool
	step domain.PairingStep
}

func (p *quietPool) Add(domain.Device, string) {}

func (p *quietPool) Pair(_ context.Context, d domain.Device) error {
	p.step = domain.PairingStep{Ref: d.Ref, Link: 1, Kind: domain.PairingShowing, Code: "2@code", N: 1, Total: 6, Expires: time.UnixMilli(1_900_000_060_000)}
	return nil
}

func (p *quietPool) PairingOf(id domain.DeviceID) (domain.PairingStep, bool) {
	return p.step, p.step.Ref.Device == id
}

// workspace is the interface's way in over a real database, and what a browser gets from it.
type workspace struct {
	served
	store *store.Store
}

// told are the notices of a workspace.
type told struct{ store *store.Store }

func (n told) Newest(ctx context.Context, limit int) ([]domain.Notice, int64, error) {
	newest, err := n.store.Notices(ctx, limit)
	if err != nil {
		return nil, 0, err
	}
	read, err := n.store.NoticesRead(ctx)
	return newest, read, err
}

func (n told) Read(ctx context.Context, upTo int64) error {
	_, err := n.store.ReadNotices(ctx, upTo)
	return err
}

func openWorkspace(t *testing.T) workspace {
	t.Helper()
	bus := events.NewBus(events.Limits{})
	opened, err := store.Open(t.Context(), store.Options{
		Dir: t.TempDir(), Committed: func(c domain.Changed) { bus.Publish(events.Changed(c)...) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	facades := bridge.NewFacades()
	facades.Attach(bridge.Services{
		Bus: bus, Fleet: fleet.New(opened, &quietPool{}, bus, func(domain.Subaccount) {}), Inbox: inbox.New(opened, nil, nil, nil, nil, time.Now),
		Past:     inbox.NewPast(opened, nil, func(domain.DeviceID) {}),
		Settings: settings.New(opened, bus, func(domain.Settings) {}), Logger: zerolog.Nop(),
		Notices: told{opened},
		Sleep:   sleep.New(sleep.Config{Store: opened, Bus: bus, Logger: zerolog.Nop()}),
	})
	listener, err := bridge.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(bridge.Handler(bridge.Config{
		Facades: facades, Bus: bus, Token: token, Address: listener.Addr().String(),
		Assets: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}},
	}))
	require.NoError(t, server.Listener.Close())
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s := served{url: server.URL, bus: bus, browser: &http.Client{Jar: jar}}
	return workspace{served: s.enter(t), store: opened}
}

// call answers with the result of a method.
func call[T any](t *testing.T, w workspace, method string, arguments ...any) T {
	t.Helper()
	if arguments == nil {
		arguments = []any{}
	}
	body, err := json.Marshal(arguments)
	require.NoError(t, err)
	status, text, _ := w.do(t, request{path: "/api/call/" + method, body: string(body)})
	require.Equal(t, http.StatusOK, status, text)
	var out T
	require.NoError(t, json.Unmarshal([]byte(text), &out))
	return out
}

func (w workspace) receive(t *testing.T, to domain.DeviceRef, from, waid, text string) {
	t.Helper()
	peer := domain.Peer{LID: "1" + from, Number: from}
	require.NoError(t, w.store.Receive(t.Context(), to, domain.Inbound{Message: &domain.InboundMessage{
		WAID: waid, Chat: peer, Sender: peer, PushName: "Ana\u202e\nBeltrán", At: time.UnixMilli(1_900_000_000_000),
		Kind: domain.KindText, Text: text, Raw: []byte("raw"),
	}}))
}

func TestEmptyWorkspaceHasListsAndNoNull(t *testing.T) {
	w := openWorkspace(t)
	_, text, _ := w.do(t, request{path: "/api/call/App.Snapshot", body: "[]"})
	require.NotContains(t, text, "null")
	_, text, _ = w.do(t, request{path: "/api/call/Inbox.Conversations", body: `[0,"",50]`})
	require.JSONEq(t, `{"seq":0,"items":[],"next":"","total":0}`, text)
	snapshot := call[bridge.Snapshot](t, w, "App.Snapshot")
	require.Equal(t, int64(30_000), snapshot.Settings.NotifyOfflineAfterMs)
}

func TestNotificationsOverHTTP(t *testing.T) {
	w := openWorkspace(t)
	sub := call[bridge.Subaccount](t, w, "Fleet.CreateSubaccount", "Clínica Vida")
	device := call[bridge.Device](t, w, "Fleet.CreateDevice", sub.ID, "Reception", "support")
	item := domain.NoticeItem{
		Ref: domain.DeviceRef{Subaccount: domain.SubaccountID(sub.ID), Device: domain.DeviceID(device.ID)}, Kind: domain.NoticeOffline,
		State: domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown},
	}
	for range 102 {
		_, err := w.store.AddNotice(t.Context(), domain.Notice{Kind: domain.NoticeOffline, At: time.UnixMilli(5), Items: []domain.NoticeItem{item}})
		require.NoError(t, err)
	}
	snapshot := call[bridge.Snapshot](t, w, "App.Snapshot")
	require.Len(t, snapshot.Notices, 100, "the newest")
	require.Equal(t, bridge.Notice{
		ID: 102, Kind: "offline", At: 5, Items: []bridge.NoticeItem{{Subaccount: sub.ID, Device: device.ID, Kind: "offline", Cause: "network_down"}},
	}, snapshot.Notices[99])
	require.Zero(t, snapshot.NoticesRead)
	call[any](t, w, "App.ReadNotices", 101)
	require.EqualValues(t, 101, call[bridge.Snapshot](t, w, "App.Snapshot").NoticesRead)

	require.Equal(t, "off", call[bridge.Subaccount](t, w, "Fleet.NotifySubaccount", sub.ID, "off").Notify)
	on := "on"
	require.Equal(t, "on", call[bridge.Device](t, w, "Fleet.UpdateDevice", device.ID, bridge.DeviceSettings{Notify: &on}).Notify)
	status, text, _ := w.do(t, request{path: "/api/call/Fleet.NotifySubaccount", body: `[1,"loud"]`})
	require.NotEqual(t, http.StatusOK, status)
	require.Contains(t, text, "invalid")
}

func TestBusinessHoursOverHTTP(t *testing.T) {
	w := openWorkspace(t)
	sub := call[bridge.Subaccount](t, w, "Fleet.CreateSubaccount", "Clínica Vida")
	hours := sub.Hours
	require.False(t, hours.On)
	hours.On, hours.Zone = true, "Europe/Lisbon"
	require.Equal(t, hours, call[bridge.Subaccount](t, w, "Fleet.SetBusinessHours", sub.ID, hours).Hours)
	require.Equal(t, hours, call[bridge.Snapshot](t, w, "App.Snapshot").Subaccounts[0].Hours)
	for _, args := range []string{
		`[1,{"on":true,"days":[false,false,false,false,false,false,false],"from":540,"to":1080,"zone":""}]`,
		`[1,{"on":true,"days":[true],"from":540,"to":1440,"zone":""}]`,
		`[1,{"on":true,"days":[true],"from":540,"to":1080,"zone":"Local"}]`,
	} {
		status, text, _ := w.do(t, request{path: "/api/call/Fleet.SetBusinessHours", body: args})
		require.NotEqual(t, http.StatusOK, status)
		require.Contains(t, text, "invalid")
	}
	require.Equal(t, hours, call[bridge.Snapshot](t, w, "App.Snapshot").Subaccounts[0].Hours)
}

func TestSubaccountDeviceAndPairingOverHTTP(t *testing.T) {
	w := openWorkspace(t)
	conn, _, err := w.listen(t.Context(), w.browser, nil)
	require.NoError(t, err)
	defer conn.CloseNow()

	sub := call[bridge.Subaccount](t, w, "Fleet.CreateSubaccount", "Clínica Vida")
	require.Equal(t, "CV", sub.Initials)
	require.Equal(t, "subaccount", next(t, conn).Changes[0].Topic)
	device := call[bridge.Device](t, w, "Fleet.CreateDevice", sub.ID, "Reception", "support")
	require.Equal(t, "never_linked", device.Cause)
	require.Equal(t, "pending", device.Status)
	require.Equal(t, "show_qr", device.Next)
	require.Equal(t, "device", next(t, conn).Changes[0].Topic)

	device = call[bridge.Device](t, w, "Fleet.UpdateDevice", device.ID, map[string]any{"label": nil, "priority": "high", "favorite": true})
	require.Equal(t, "Reception", device.Label)
	require.Equal(t, "high", device.Priority)
	require.True(t, device.Favorite)

	step := call[bridge.PairingStep](t, w, "Pairing.Start", device.ID)
	require.Equal(t, "showing", step.Kind)
	require.Positive(t, step.QR.Size)
	require.Equal(t, int64(1_900_000_060_000), step.Expires)

	snapshot := call[bridge.Snapshot](t, w, "App.Snapshot")
	require.Equal(t, []bridge.Subaccount{sub}, snapshot.Subaccounts)
	require.Equal(t, device, snapshot.Devices[0])
	require.Len(t, snapshot.Pairings, 1)
	require.Equal(t, w.bus.Seq(), snapshot.Seq)
	require.Len(t, call[[]bridge.StateChange](t, w, "Fleet.History", device.ID, 10), 1)

	status, text, _ := w.do(t, request{path: "/api/call/Fleet.CreateSubaccount", body: `["CLÍNICA VIDA"]`})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "Clínica Vida", problem(t, text).Detail["name"])
}

func TestConversationsOverHTTP(t *testing.T) {
	w := openWorkspace(t)
	sub := call[bridge.Subaccount](t, w, "Fleet.CreateSubaccount", "Clínica Vida")
	device := call[bridge.Device](t, w, "Fleet.CreateDevice", sub.ID, "Reception", "support")
	ref := domain.DeviceRef{Subaccount: domain.SubaccountID(sub.ID), Device: domain.DeviceID(device.ID)}
	long := strings.Repeat("é", domain.MaxTextBytes)
	w.receive(t, ref, "34600000144", "A", "Hola")
	w.receive(t, ref, "34600000144", "B", long)

	page := call[bridge.ConversationPage](t, w, "Inbox.Conversations", sub.ID, "", 50)
	require.Equal(t, 1, page.Total)
	row := page.Items[0]
	require.Equal(t, "Ana Beltrán", row.Title, "a name from outside stands on one line")
	require.Equal(t, "+34 600 00 01 44", row.Number)
	require.Equal(t, 2, row.Unread)

	thread := call[bridge.Thread](t, w, "Inbox.Thread", row.ID, "", 50)
	require.Equal(t, 2, thread.Total)
	require.Equal(t, "Hola", thread.Messages[0].Text)
	require.True(t, thread.Messages[1].Long)
	require.Equal(t, long, call[string](t, w, "Inbox.FullText", thread.Messages[1].ID))

	conn, _, err := w.listen(t.Context(), w.browser, nil)
	require.NoError(t, err)
	defer conn.CloseNow()
	row.Draft = "Buenos días"
	call[any](t, w, "Inbox.SetDraft", row.ID, row.Draft)
	told := next(t, conn).Changes[0]
	require.Equal(t, "conversation", told.Topic)
	whole, err := json.Marshal(told.Value)
	require.NoError(t, err)
	var sameRow bridge.Conversation
	require.NoError(t, json.Unmarshal(whole, &sameRow))
	require.Equal(t, row, sameRow, "a change carries the full row")

	require.Equal(t, row.Draft, call[bridge.ConversationPage](t, w, "Inbox.Conversations", 0, "", 50).Items[0].Draft)
	require.Equal(t, bridge.Route{Reason: "none"}, call[bridge.Route](t, w, "Inbox.Route", row.ID), "never linked")

	for method, arguments := range map[string]string{"Inbox.Thread": `[999,"",10]`, "Inbox.FullText": `[999]`, "Inbox.Route": `[999]`, "Fleet.History": `[999,1]`} {
		status, text, _ := w.do(t, request{path: "/api/call/" + method, body: arguments})
		require.Equal(t, http.StatusNotFound, status, method)
		require.Equal(t, "not_found", problem(t, text).Code)
	}
}

func TestSnapshotThenBatchesGiveTheSameAsAFreshSnapshot(t *testing.T) {
	w := openWorkspace(t)
	conn, _, err := w.listen(t.Context(), w.browser, nil)
	require.NoError(t, err)
	defer conn.CloseNow()
	before := call[bridge.Snapshot](t, w, "App.Snapshot")
	known := map[int64]any{}
	for i := range 30 {
		call[bridge.Subaccount](t, w, "Fleet.CreateSubaccount", fmt.Sprintf("Client %d", i))
	}
	for seq := before.Seq; seq < w.bus.Seq(); {
		b := next(t, conn)
		require.LessOrEqual(t, b.First, seq, "no gap")
		seq = b.Seq
		for _, c := range b.Changes {
			row, ok := c.Value.(map[string]any)
			require.True(t, ok)
			known[c.ID] = row["name"]
		}
	}
	after := call[bridge.Snapshot](t, w, "App.Snapshot")
	require.Len(t, after.Subaccounts, len(known))
	for _, s := range after.Subaccounts {
		require.Equal(t, s.Name, known[s.ID])
	}
}

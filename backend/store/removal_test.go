package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// removal is a workspace in which two devices of one subaccount share a group, and each has a contact of its own.
type removal struct {
	*Store
	sub                domain.SubaccountID
	going, staying     domain.Device
	own, other, shared domain.ConversationRef
	waiting            domain.Message
	shown              *window
}

func newRemoval(t *testing.T) removal {
	t.Helper()
	ctx, shown := context.Background(), newWindow()
	s, err := Open(ctx, Options{Dir: t.TempDir(), Now: day, Committed: shown.apply})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r := removal{Store: s, sub: s.mustSubaccount(t, "Acme").ID, shown: shown}
	r.going, r.staying = s.mustDevice(t, r.sub, "34600000001"), s.mustDevice(t, r.sub, "34600000002")
	ana, bruno := domain.Peer{LID: "111", Number: "34611111111"}, domain.Peer{LID: "222", Number: "34622222222"}
	r.own = s.mustReceive(t, r.going.Ref, text("OWN", ana, 0, "hello")).Conversations[0].Ref
	r.other = s.mustReceive(t, r.staying.Ref, text("OTHER", bruno, 1, "hello")).Conversations[0].Ref

	group := domain.Peer{Group: "120363000000000001"}
	said := func(waid string, from domain.Peer, second int) domain.Inbound {
		in := text(waid, from, second, "all")
		in.Message.Chat = group
		return in
	}
	r.shared = s.mustReceive(t, r.going.Ref, said("BOTH", bruno, 2)).Conversations[0].Ref
	s.mustReceive(t, r.staying.Ref, said("BOTH", bruno, 2))
	s.mustReceive(t, r.going.Ref, said("ONE", domain.Peer{LID: "333", Number: "34633333333"}, 3))

	r.waiting, err = s.QueueMessage(ctx, domain.NewMessage{Conversation: r.own, Device: r.going.Ref.Device, Operator: domain.FirstOperator, WAID: "OUT", Text: "x", Payload: []byte{1}})
	require.NoError(t, err)
	require.NoError(t, s.SetDraft(ctx, r.own, domain.FirstOperator, "half a"))
	s.mustReceive(t, r.going.Ref, receipt(domain.ReceiptDelivered, ana, "NEVER CAME"))
	s.mustReceive(t, r.going.Ref, domain.Inbound{History: &domain.InboundHistory{WAID: "H", At: day(), Raw: []byte{1}}})
	_, err = s.NoteFailure(ctx, r.going.Ref, text("DEAD", ana, 4, "?"), "test")
	require.NoError(t, err)
	require.NoError(t, s.RecordState(ctx, domain.StateChange{Ref: r.going.Ref, At: day(), To: domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown, Since: day()}}))
	return r
}

// rowsOf counts the rows of every table that name a device, whatever tables there are.
func (r removal) rowsOf(t *testing.T, id domain.DeviceID) map[string]int {
	t.Helper()
	q := reading{context.Background(), r.read}
	columns, err := collect(q, scanText, `SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND (c.name LIKE '%device_id' OR t.name = 'devices' AND c.name = 'id')`)
	require.NoError(t, err)
	require.Greater(t, len(columns), 10)
	out := map[string]int{}
	for _, column := range columns {
		table, name, _ := strings.Cut(column, ".")
		var n int
		require.NoError(t, q.row(fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s = $1", table, name), id).Scan(&n))
		if n > 0 {
			out[column] = n
		}
	}
	return out
}

func (r removal) count(t *testing.T, query string) (n int) {
	t.Helper()
	require.NoError(t, reading{context.Background(), r.read}.row(query).Scan(&n))
	return n
}

func TestAnErasedDeviceLeavesNoRow(t *testing.T) {
	r, ctx := newRemoval(t), context.Background()
	require.GreaterOrEqual(t, len(r.rowsOf(t, r.going.Ref.Device)), 9, "the device left something everywhere")
	loss, err := r.RemovalLoss(ctx, r.going.Ref)
	require.NoError(t, err)
	require.Equal(t, domain.RemovalLoss{Conversations: 1, Shared: 1, Messages: 3, Waiting: 1}, loss)

	files, err := r.RemoveDevice(ctx, r.going.Ref, true)
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Empty(t, r.rowsOf(t, r.going.Ref.Device))
	require.Zero(t, r.count(t, "SELECT COUNT(*) FROM drafts"))
	require.Equal(t, 1, r.count(t, "SELECT COUNT(*) FROM contacts"), "only who still has something here")
	require.Equal(t, 1, r.count(t, "SELECT COUNT(*) FROM identities"))
	require.Zero(t, r.count(t, "SELECT COUNT(*) FROM pragma_foreign_key_check"))

	left, _, _, err := r.Messages(ctx, r.shared.Conversation, "", 10)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "BOTH", left[0].WAID)
	require.Equal(t, r.staying.Ref.Device, left[0].Device)
	shared, err := r.Conversation(ctx, r.shared.Conversation)
	require.NoError(t, err)
	require.Equal(t, r.staying.Ref.Device, shared.FirstDevice)
	require.Equal(t, 1, shared.Unread)

	delete(r.shown.devices, r.going.Ref.Device) // the interface is told of it apart
	require.NotContains(t, r.shown.conversations, r.own.Conversation)
	r.shown.check(t, r.Store)
}

func TestARemovedDeviceKeepsItsConversationsReadable(t *testing.T) {
	r, ctx := newRemoval(t), context.Background()
	yes := true
	_, err := r.UpdateDevice(ctx, r.going.Ref, domain.DevicePatch{Favorite: &yes})
	require.NoError(t, err)
	_, err = r.write.Exec(ctx, `INSERT INTO device_proxies (device_id, subaccount_id, scheme, host, port, password)
		VALUES ($1, $2, 'socks5', 'proxy.example', 1080, 'secret')`, r.going.Ref.Device, r.sub)
	require.NoError(t, err)
	_, err = r.RemoveDevice(ctx, r.going.Ref, false)
	require.NoError(t, err)
	require.NotContains(t, r.rowsOf(t, r.going.Ref.Device), "device_proxies.device_id", "a password is not needed to read")

	devices, err := r.Devices(ctx)
	require.NoError(t, err)
	require.Len(t, devices, 1)
	thread, _, _, err := r.Messages(ctx, r.own.Conversation, "", 10)
	require.NoError(t, err)
	require.Len(t, thread, 2)
	require.Equal(t, r.going.Ref.Device, thread[0].Device)
	require.Equal(t, domain.StateFailed, thread[1].State)
	require.Equal(t, domain.CodeDeviceRemoved, thread[1].FailCode)
	_, err = r.SendAgain(ctx, r.waiting.ID)
	require.Equal(t, domain.CodeDeviceRemoved, domain.CodeOf(err))
	_, err = r.CancelMessage(ctx, r.waiting.ID, false)
	require.NoError(t, err)
	delete(r.shown.devices, r.going.Ref.Device)
	delete(r.shown.messages, r.waiting.ID)
	r.shown.check(t, r.Store)

	// Nothing that still speaks of it brings it back.
	change := domain.StateChange{Ref: r.going.Ref, At: day(), To: domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown, Since: day()}}
	_, dropped := r.DropLink(ctx, r.going.Ref)
	_, opened := r.OpenLink(ctx, r.going.Ref)
	_, queued := r.QueueMessage(ctx, domain.NewMessage{Conversation: r.own, Device: r.going.Ref.Device, Operator: domain.FirstOperator, WAID: "LATE", Text: "x", Payload: []byte{1}})
	_, removed := r.RemoveDevice(ctx, r.going.Ref, true)
	for _, err := range []error{r.RecordState(ctx, change), dropped, opened, queued, removed} {
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	}
}

func TestANumberOfARemovedDeviceMayBeLinkedAnywhere(t *testing.T) {
	for _, erase := range []bool{true, false} {
		r := newRemoval(t)
		_, err := r.RemoveDevice(context.Background(), r.going.Ref, erase)
		require.NoError(t, err)
		require.Equal(t, 3, r.mustDevice(t, r.sub, "34600000003").Slot, "its slot is not given again")
		require.Equal(t, 1, r.mustDevice(t, r.mustSubaccount(t, "Beta").ID, "34600000001").Slot)
	}
}

func TestARemovalThatFailsChangesNothing(t *testing.T) {
	r, ctx := newRemoval(t), context.Background()
	before := r.rowsOf(t, r.going.Ref.Device)
	_, err := r.write.Exec(ctx, "CREATE TRIGGER refuse BEFORE DELETE ON devices BEGIN SELECT RAISE(ABORT, 'no'); END")
	require.NoError(t, err)
	_, err = r.RemoveDevice(ctx, r.going.Ref, true)
	require.Error(t, err)
	require.Equal(t, before, r.rowsOf(t, r.going.Ref.Device))
	r.shown.check(t, r.Store)
}

// TestDevicesOfTheVersionBeforeGetNoColour migrates what version 1 wrote.
func TestDevicesOfTheVersionBeforeGetNoColour(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := openAt(t, dir, 1)
	for _, sql := range []string{
		"INSERT INTO subaccounts (name, name_key, initials, colour, position, last_slot, created) VALUES ('Acme', 'acme', 'A', 'teal', 0, 1, 0)",
		`INSERT INTO devices (subaccount_id, slot, label, purpose, priority, favorite, number, lid, status, cause, since, detail, created, linked)
			VALUES (1, 1, 'Desk', 'sales', 'high', 1, '34600000001', '9', 'offline', 'app_starting', 0, '{}', 0, 1)`,
	} {
		_, err := db.Exec(ctx, sql)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	now := open(t, dir, day)
	devices, err := now.Devices(ctx)
	require.NoError(t, err)
	require.Len(t, devices, 1)
	require.Equal(t, "34600000001", devices[0].Account.Number)
	require.True(t, devices[0].Favorite)
	require.Empty(t, devices[0].Colour)
	copies, err := filepath.Glob(filepath.Join(dir, backupFolder, "waflow-v0001-*.db"))
	require.NoError(t, err)
	require.Len(t, copies, 1)
}

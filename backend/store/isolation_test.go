package store

import (
	"context"
	"slices"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// TestTheDatabaseRefusesRowsThatCrossSubaccounts tries, for every table below a subaccount, to point a row of one at a row of another. The
// statements are plain SQL: no code of ours stands between them and the database.
func TestTheDatabaseRefusesRowsThatCrossSubaccounts(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d1 := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	d2 := s.mustDevice(t, s.mustSubaccount(t, "Beta").ID, "34600000002")
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	m1 := s.mustReceive(t, d1.Ref, text("A1", ana, 0, "to Acme")).Messages[0]
	m2 := s.mustReceive(t, d2.Ref, text("A1", ana, 0, "to Beta")).Messages[0]
	c1, err := s.Conversation(ctx, m1.Conversation.Conversation)
	require.NoError(t, err)
	c2, err := s.Conversation(ctx, m2.Conversation.Conversation)
	require.NoError(t, err)
	require.NotEqual(t, c1.Contact, c2.Contact, "the same person is two contacts")

	sub, dev, conv, contact, msg := d2.Ref.Subaccount, d2.Ref.Device, c2.Ref.Conversation, c2.Contact, m2.ID
	theirDevice, theirConversation, theirContact, theirMessage := d1.Ref.Device, c1.Ref.Conversation, c1.Contact, m1.ID
	merge := "INSERT INTO merges (id, subaccount_id, kept_contact_id, gone_contact_id, gone_push_name, gone_numbers, at) VALUES ($1, $2, $3, 0, '', '[]', 0)"
	_, err = s.write.Exec(ctx, merge, 1, d1.Ref.Subaccount, theirContact)
	require.NoError(t, err)

	_, err = s.write.Exec(ctx, "INSERT INTO notices (id, kind, at) VALUES (1, '', 0)")
	require.NoError(t, err)

	const message = "INSERT INTO messages (subaccount_id, conversation_id, device_id, sender_id, waid, direction, kind, text, at, state) VALUES ($1, $2, $3, $4, 'X', 'in', 'text', '', 0, 'received')"
	for _, crossing := range []struct {
		table string
		query string
		args  []any
	}{
		{"device_history", "INSERT INTO device_history (subaccount_id, device_id, at, from_state, to_status, to_cause, to_since, to_detail) VALUES ($1, $2, 0, '{}', '', '', 0, '{}')", []any{sub, theirDevice}},
		{"links", "INSERT INTO links (subaccount_id, device_id, file, state, relink, created, changed) VALUES ($1, $2, 'x', 'open', FALSE, 0, 0)", []any{sub, theirDevice}},
		{"contact_numbers", "INSERT INTO contact_numbers (subaccount_id, number, contact_id, since) VALUES ($1, '5', $2, 0)", []any{sub, theirContact}},
		{"conversations contact", "INSERT INTO conversations (subaccount_id, contact_id, created) VALUES ($1, $2, 0)", []any{sub, theirContact}},
		{"conversations first device", "UPDATE conversations SET first_device_id = $1 WHERE id = $2", []any{theirDevice, conv}},
		{"conversations last device", "UPDATE conversations SET last_device_id = $1 WHERE id = $2", []any{theirDevice, conv}},
		{"messages conversation", message, []any{sub, theirConversation, dev, contact}},
		{"messages device", message, []any{sub, conv, theirDevice, contact}},
		{"messages sender", message, []any{sub, conv, dev, theirContact}},
		{"message_raw", "INSERT INTO message_raw (subaccount_id, message_id, raw) VALUES ($1, $2, '')", []any{sub, theirMessage}},
		{"message_devices message", "INSERT INTO message_devices (subaccount_id, message_id, device_id) VALUES ($1, $2, $3)", []any{sub, theirMessage, dev}},
		{"message_devices device", "INSERT INTO message_devices (subaccount_id, message_id, device_id) VALUES ($1, $2, $3)", []any{sub, msg, theirDevice}},
		{"receipts", "INSERT INTO receipts (subaccount_id, device_id, waid, kind, chat_lid, chat_number, chat_group, sender_lid, sender_number, at) VALUES ($1, $2, 'X', 'read', '', '', '', '', '', 0)", []any{sub, theirDevice}},
		{"phone_reads conversation", "INSERT INTO phone_reads (subaccount_id, conversation_id, device_id, at) VALUES ($1, $2, $3, 0)", []any{sub, theirConversation, dev}},
		{"phone_reads device", "INSERT INTO phone_reads (subaccount_id, conversation_id, device_id, at) VALUES ($1, $2, $3, 0)", []any{sub, conv, theirDevice}},
		{"history_jobs", "INSERT INTO history_jobs (subaccount_id, device_id, waid, type, chunk, at, raw) VALUES ($1, $2, 'X', '', 0, 0, '')", []any{sub, theirDevice}},
		{"dead_letters", "INSERT INTO dead_letters (subaccount_id, device_id, what, waid, body, reason, tries, first_at) VALUES ($1, $2, 'X', '', '', '', 1, 0)", []any{sub, theirDevice}},
		{"media", "INSERT INTO media (subaccount_id, message_id, state) VALUES ($1, $2, 'wanted')", []any{sub, theirMessage}},
		{"drafts", "INSERT INTO drafts (subaccount_id, conversation_id, operator_id, text, changed) VALUES ($1, $2, 1, 'x', 0)", []any{sub, theirConversation}},
		{"outbox message", "INSERT INTO outbox (subaccount_id, message_id, conversation_id, device_id, payload) VALUES ($1, $2, $3, $4, '')", []any{sub, theirMessage, conv, dev}},
		{"outbox conversation", "INSERT INTO outbox (subaccount_id, message_id, conversation_id, device_id, payload) VALUES ($1, $2, $3, $4, '')", []any{sub, msg, theirConversation, dev}},
		{"outbox device", "INSERT INTO outbox (subaccount_id, message_id, conversation_id, device_id, payload) VALUES ($1, $2, $3, $4, '')", []any{sub, msg, conv, theirDevice}},
		{"notice_items", "INSERT INTO notice_items (subaccount_id, notice_id, place, device_id, kind, status, cause, since) VALUES ($1, 1, 0, $2, '', '', '', 0)", []any{sub, theirDevice}},
		{"merges", merge, []any{2, sub, theirContact}},
		{"merged_messages merge", "INSERT INTO merged_messages (subaccount_id, merge_id, message_id) VALUES ($1, 1, $2)", []any{sub, msg}},
		{"merged_messages message", "INSERT INTO merged_messages (subaccount_id, merge_id, message_id) VALUES ($1, 1, $2)", []any{d1.Ref.Subaccount, msg}},
	} {
		_, err := s.write.Exec(ctx, crossing.query, crossing.args...)
		var fault sqlite3.Error
		require.ErrorAs(t, err, &fault, crossing.table)
		require.Equal(t, sqlite3.ErrConstraintForeignKey, fault.ExtendedCode, crossing.table)
	}
}

// TestEveryTableBelowASubaccountNamesIt keeps the test above complete: a new table has to carry subaccount_id and a composite reference.
func TestEveryTableBelowASubaccountNamesIt(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	atTheTop := []string{"settings", "operators", "subaccounts", "notices", "sleeps", "version", "index_due"}
	tables, err := collect(reading{ctx, s.read}, scanText, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'message_index%' ORDER BY name")
	require.NoError(t, err)
	for _, table := range tables {
		columns, err := collect(reading{ctx, s.read}, scanText, "SELECT name FROM pragma_table_info('"+table+"') WHERE \"notnull\" = 1")
		require.NoError(t, err)
		belongs, err := collect(reading{ctx, s.read}, scanText, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('"+table+"') WHERE \"from\" = 'subaccount_id'")
		require.NoError(t, err)
		if slices.Contains(atTheTop, table) {
			require.Empty(t, belongs, table)
			continue
		}
		require.Contains(t, columns, "subaccount_id", table)
		require.NotEmpty(t, belongs, table)
		lone, err := collect(reading{ctx, s.read}, scanText, `SELECT "table" FROM pragma_foreign_key_list('`+table+`')
			GROUP BY id HAVING COUNT(*) = 1 AND "table" NOT IN ('subaccounts', 'operators', 'notices')`)
		require.NoError(t, err)
		require.Empty(t, lone, "references of %s without subaccount_id", table)
	}
}

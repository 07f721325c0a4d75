package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// oldRows are rows of a workspace that was in use, one statement for each table, by the version at which the table is there. What later
// versions add is filled by their migrations.
func oldRows() map[int][]string {
	return map[int][]string{
		1: {
			`INSERT INTO subaccounts (name, name_key, initials, colour, position, last_slot, created)
				VALUES ('Hotel Miramar', 'hotel miramar', 'HM', 'teal', 0, 1, 5), ('Autos Ruiz', 'autos ruiz', 'AR', 'amber', 1, 0, 6)`,
			`INSERT INTO devices (subaccount_id, slot, label, purpose, priority, favorite, number, lid, status, cause, since, detail, created, linked, last_in)
				VALUES (1, 1, 'Reception', 'support', 'high', 1, '34600000013', '9', 'offline', 'app_starting', 7, '{}', 6, 7, 8)`,
			`INSERT INTO device_history (subaccount_id, device_id, at, from_state, to_status, to_cause, to_since, to_detail)
				VALUES (1, 1, 7, '{}', 'connected', 'online', 7, '{}'), (1, 1, 8, '{}', 'offline', 'network_down', 8, '{"try":3}')`,
			"INSERT INTO contacts (subaccount_id, lid, created) VALUES (1, '7', 0)",
			"INSERT INTO conversations (subaccount_id, contact_id, created) VALUES (1, 1, 0)",
			`INSERT INTO messages (subaccount_id, conversation_id, device_id, waid, direction, kind, text, at, state)
				VALUES (1, 1, 1, 'A1', 'in', 'text', '¿Está libre la terraza? 🌅', 7000000, 'received'), (1, 1, 1, 'A2', 'out', 'text', 'Sí', 7000001, 'pending')`,
			"INSERT INTO outbox (message_id, subaccount_id, conversation_id, device_id, payload, tries) VALUES (2, 1, 1, 1, x'0a02', 1)",
			"INSERT INTO drafts (subaccount_id, conversation_id, operator_id, text, changed) VALUES (1, 1, 1, 'Mañana', 9)",
			"INSERT INTO settings (key, value) VALUES ('workspace', '{\"Theme\":\"dark\",\"ReadReceipts\":false}')",
		},
		2: {"UPDATE devices SET colour = 'teal' WHERE id = 1"},
		4: {
			"UPDATE devices SET phone_seen = 6000000, phone_watched = 3000 WHERE id = 1",
			"INSERT INTO arrivals (subaccount_id, device_id, slot) VALUES (1, 1, 4) ON CONFLICT DO NOTHING",
		},
		5: {
			"UPDATE subaccounts SET notify = 'off' WHERE id = 2",
			"INSERT INTO notices (kind, at) VALUES ('offline', 9)",
			"INSERT INTO notice_items (subaccount_id, notice_id, place, device_id, kind, status, cause, since) VALUES (1, 1, 0, 1, 'offline', 'offline', 'network_down', 8)",
		},
		6:  {"INSERT INTO gaps (subaccount_id, device_id, from_at, to_at, cause, state, mark) VALUES (1, 1, 8, 9, 'network_down', 'verified', 1)"},
		7:  {"INSERT INTO sleeps (from_at, to_at) VALUES (8, 9)"},
		8:  {"INSERT INTO device_proxies (device_id, subaccount_id, scheme, host, port) VALUES (1, 1, 'socks5', 'proxy.example', 1080)"},
		17: {"UPDATE subaccounts SET hours_on = TRUE, hours_zone = 'Europe/Lisbon' WHERE id = 2"},
	}
}

// oldWorkspace makes the database of an earlier version with everything in it that it could hold.
func oldWorkspace(t *testing.T, dir string, version int) {
	t.Helper()
	db := openAt(t, dir, version)
	rows := oldRows()
	for v := 1; v <= version; v++ {
		for _, statement := range rows[v] {
			_, err := db.Exec(t.Context(), statement)
			require.NoError(t, err, statement)
		}
	}
	require.NoError(t, db.Close())
}

// dump is what a database holds: every column of every row, by table. Tables and columns that a later version has besides are left out if
// they are not in like.
func dump(t *testing.T, db *dbutil.Database, like map[string][]string) (rows map[string][]string, columns map[string][]string) {
	t.Helper()
	list := func(sql string) []string {
		out, err := collect(reading{context.Background(), db}, scanText, sql)
		require.NoError(t, err)
		return out
	}
	rows, columns = map[string][]string{}, like
	if like == nil {
		columns = map[string][]string{}
		for _, table := range list("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%' AND name <> 'version'") {
			columns[table] = list("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid")
		}
	}
	for table, names := range columns {
		quoted := make([]string, len(names))
		for i, name := range names {
			quoted[i] = "quote(" + name + ")"
		}
		rows[table] = list(fmt.Sprintf("SELECT %s AS line FROM %s ORDER BY line", strings.Join(quoted, " || ' ' || "), table))
	}
	return rows, columns
}

func TestAWorkspaceOfEveryVersionKeepsAllItsRows(t *testing.T) {
	for version := 1; version < len(upgrades()); version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			dir := t.TempDir()
			oldWorkspace(t, dir, version)
			db := openAt(t, dir, version)
			before, columns := dump(t, db, nil)
			require.NoError(t, db.Close())
			require.Len(t, before["messages"], 2)

			now := open(t, dir, day)
			after, _ := dump(t, now.read, columns)
			for table, rows := range before {
				require.Subset(t, after[table], rows, table)
			}
			d, err := now.Device(t.Context(), 1)
			require.NoError(t, err)
			require.Equal(t, "Reception", d.Label)
			settings, err := now.Settings(t.Context())
			require.NoError(t, err)
			require.Equal(t, "dark", settings.Theme)
			require.False(t, settings.ReadReceipts)
			require.Equal(t, domain.DefaultSettings().NotifyOfflineAfter, settings.NotifyOfflineAfter, "what was never chosen has its default")
			copies, err := filepath.Glob(filepath.Join(dir, backupFolder, "*.db"))
			require.NoError(t, err)
			require.Len(t, copies, len(upgrades())-version, "one before each migration")
		})
	}
}

// A migration that fails leaves the workspace as the one before it left it, readable by the version before, and a copy of what it began with.
func TestAMigrationThatFailsLosesNothing(t *testing.T) {
	for version := 2; version < len(upgrades()); version++ {
		dir := t.TempDir()
		oldWorkspace(t, dir, version-1)
		db := openAt(t, dir, version)
		// In the way of the next one: what it makes is there already.
		made := inTheWay(t, version+1)
		_, err := db.Exec(t.Context(), made)
		require.NoError(t, err, made)
		before, columns := dump(t, db, nil)
		require.NoError(t, db.Close())

		require.Error(t, openOnce(dir))
		db = openAt(t, dir, version)
		after, left := dump(t, db, nil)
		require.Equal(t, columns, left, "version %d: half of a migration", version)
		require.Equal(t, before, after, "version %d", version)
		require.NoError(t, db.Close())

		copies, err := filepath.Glob(filepath.Join(dir, backupFolder, fmt.Sprintf("waflow-v%04d-*.db", version)))
		require.NoError(t, err)
		require.Len(t, copies, 1)
		restored := t.TempDir()
		raw, err := os.ReadFile(copies[0])
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(restored, databaseFile), raw, 0o600))
		db = openAt(t, restored, version)
		copied, _ := dump(t, db, nil)
		require.Equal(t, before, copied)
		require.NoError(t, db.Close())
	}
}

// inTheWay is a statement that makes the last thing that a migration makes, or drops what it drops, so that the migration fails when it comes
// to it.
func inTheWay(t *testing.T, version int) string {
	t.Helper()
	files, err := migrations.ReadDir("migrations")
	require.NoError(t, err)
	raw, err := migrations.ReadFile("migrations/" + files[version-1].Name())
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(raw)) {
		before, _, _ := strings.Cut(line, "--")
		lines = append(lines, before)
	}
	statements := strings.Split(strings.Join(lines, ""), ";")
	slices.Reverse(statements)
	for _, statement := range statements {
		words := strings.Fields(statement)
		switch {
		case len(words) > 5 && words[0] == "ALTER" && words[3] == "ADD":
			return fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s TEXT", words[2], words[5])
		case len(words) > 2 && words[0] == "DROP" && words[1] == "TABLE":
			return "DROP TABLE " + words[2]
		case len(words) > 2 && words[0] == "CREATE" && words[1] == "INDEX":
			return fmt.Sprintf("CREATE TABLE %s (x)", words[2])
		case len(words) > 2 && words[0] == "CREATE" && words[1] == "TABLE":
			return fmt.Sprintf("CREATE TABLE %s (x)", words[2])
		}
	}
	require.Fail(t, "the migration makes nothing that could be in its way", "version %d", version)
	return ""
}

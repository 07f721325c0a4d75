package engine

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// A damaged database is not opened and not touched. Its backup of the day takes its place; what came in since is fetched from the phone, and a
// message that was waiting then does not go by itself.
func TestADamagedDatabaseGoesOnFromItsBackup(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		_, err := b.inbox.Send(within(t), chat, domain.FirstOperator, "waiting")
		require.NoError(b.t, err)
		time.Sleep(firstBackup)
		b.wait("a backup", func() bool {
			backups, err := store.Backups(b.dir)
			require.NoError(b.t, err)
			return len(backups) == 1
		})
		b.unplugged.Store(false)
		b.wait("what was waiting", func() bool { return len(b.reachedAna()) == 1 })
		b.write("since", 3)
		b.quietly()

		require.NoError(b.t, os.WriteFile(store.DatabasePath(b.dir), []byte("no database, and longer than the hundred bytes of the head that every database of SQLite begins with"), 0o600))
		options := Options{Dir: b.dir, Kind: Simulated, Mode: Serve, Endpoint: "ws://127.0.0.1:1/ws/chat", RootKey: b.rootKey(), Log: &b.log, Now: b.now}
		_, err = Open(context.Background(), options)
		require.Equal(b.t, domain.CodeDatabaseDamaged, domain.CodeOf(err))
		backups, err := Backups(options)
		require.NoError(b.t, err)
		folder, err := Restore(context.Background(), options, backups[0].Name)
		require.NoError(b.t, err)
		require.DirExists(b.t, folder)

		b.start()
		b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })
		b.wait("what came in since", func() bool { return len(b.messages(chat)) == 5 })
		time.Sleep(time.Hour)
		require.Equal(b.t, []string{"hello", "waiting", "since 1", "since 2", "since 3"}, texts(b.messages(chat)))
		require.Equal(b.t, []string{"waiting"}, b.reachedAna(), "it had gone, and does not go twice")
		require.Zero(b.t, b.rest().Waits, "the phone knows that it has gone")
	})
}

//go:build linux

package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/store/faulty"
)

// A disk that takes nothing stops the acks: what arrives waits at WhatsApp, people are told, and when there is space again it comes by itself,
// each message once.
func TestADiskThatIsFullLosesNothing(t *testing.T) {
	for name, trouble := range map[string]faulty.Trouble{"full": faulty.Full, "io": faulty.Broken} {
		t.Run(name, func(t *testing.T) {
			var disk *faulty.Disk
			t.Cleanup(func() { disk.Forget() })
			inBubble(t, func(b *bubble) {
				chat := b.chatWithAna()
				b.quietly()
				var err error
				disk, err = faulty.Watch(b.dir)
				require.NoError(b.t, err)
				b.start()
				b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })

				disk.Refuse(trouble, 0)
				b.write("while the disk refuses", 5)
				b.wait("the interface to tell of the disk", func() bool {
					snapshot, err := facade[*bridge.App](b).Snapshot()
					require.NoError(b.t, err)
					return snapshot.Devices[0].Cause == string(domain.CauseStorageFailed)
				})
				require.Len(b.t, b.messages(chat), 1, "nothing is said to be here that is not")
				disk.Refuse(faulty.None, 0)
				b.wait("everything", func() bool { return len(b.messages(chat)) == 6 })
				b.well()
				b.complete(6)
			})
		})
	}
}

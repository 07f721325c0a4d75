package engine

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// What an earlier version kept without being able to read it is read when a later one begins.
func TestWhatIsKeptIsReadAgainAtTheStart(t *testing.T) {
	w := newWorld(t)
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.stop()

	s, err := store.Open(within(t), store.Options{Dir: w.dir, Now: time.Now})
	require.NoError(t, err)
	contact, err := hex.DecodeString("22050a03416e61") // a contact that is called Ana
	require.NoError(t, err)
	ana := domain.Peer{LID: "111"}
	require.NoError(t, s.Receive(within(t), domain.DeviceRef{Subaccount: hotel, Device: reception}, domain.Inbound{Message: &domain.InboundMessage{
		WAID: "A1", Chat: ana, Sender: ana, At: time.Now(), Kind: domain.KindUnknown, Raw: contact,
	}}))
	_, err = s.BeginReread(context.Background(), 0) // as if that version had run
	require.NoError(t, err)
	require.NoError(t, s.Close())

	r = w.run()
	var last domain.Message
	r.await(func() bool {
		last = r.conversation(hotel).LastMessage
		return last.Kind == domain.KindContact
	})
	require.Equal(t, "Ana", last.Text)
	require.Equal(t, "Ana", last.Content.Cards[0].Name)
}

package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

var everything = domain.CleanRule{MaxBytes: 1}

// awaitNoFiles waits until no file is kept. Nothing is published when one goes, so it is looked again and again.
func (h *hotel) awaitNoFiles() {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return len(h.world.mediaFiles()) == 0 }, patience, patience/600)
}

// A clean-up says before what would go. Then the files are gone and the messages are not; a file can be had again.
func TestACleanUpRemovesFilesAndNoMessages(t *testing.T) {
	h := newHotel(t)
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindImage, Text: "The terrace"})
	again, _ := h.sends(wasim.Draft{Kind: wasim.KindImage, File: &sent, Text: "The terrace again"})
	h.awaitMedia(m.ID, domain.MediaHere)
	h.awaitMedia(again.ID, domain.MediaHere)
	size := int64(len(sent.Data))

	use, rest, err := h.cleaner.Use(within(t))
	require.NoError(t, err)
	require.Len(t, use, 1)
	require.Equal(t, map[domain.FileClass]int64{domain.ClassPictures: size}, use[0].Bytes, "one copy")
	require.Positive(t, rest.Messages)
	require.Positive(t, rest.Sessions)

	for _, keeps := range []domain.CleanRule{{OlderThan: time.Hour}, {MaxBytes: size}} {
		none, err := h.cleaner.Try(within(t), 0, keeps)
		require.NoError(t, err)
		require.Zero(t, none)
	}
	would, err := h.cleaner.Try(within(t), h.client, everything)
	require.NoError(t, err)
	require.Equal(t, 1, would.Files)
	require.Equal(t, size, would.Bytes)
	require.Equal(t, "Ana Beltrán", would.Most[0].Title)
	require.Len(t, h.world.mediaFiles(), 1, "nothing goes by a look")

	gone, err := h.cleaner.Clear(within(t), h.client, everything)
	require.NoError(t, err)
	require.Equal(t, would, gone)
	h.awaitNoFiles()
	for _, one := range []domain.Message{m, again} {
		require.Equal(t, domain.CodeMediaCleared, h.awaitMedia(one.ID, domain.MediaGone).Why)
		kept, err := h.inbox.Message(within(t), one.ID)
		require.NoError(t, err)
		require.Equal(t, one.Text, kept.Text)
	}
	require.NoError(t, h.media.Ask(within(t), m.ID))
	h.awaitMedia(m.ID, domain.MediaHere)
	_, data := h.opened(m.ID)
	require.Equal(t, sent.Data, data)
}

// What a crash leaves between the note and the file is put right at the next start, whichever of the two is missing.
func TestFilesAndTheirNotesAgreeAfterAStart(t *testing.T) {
	h := newHotel(t)
	noted, _ := h.sends(wasim.Draft{Kind: wasim.KindImage})
	other, err := wasim.SampleFile(wasim.KindImage, 2)
	require.NoError(t, err)
	taken, _ := h.sends(wasim.Draft{Kind: wasim.KindImage, File: &other})
	h.awaitMedia(noted.ID, domain.MediaHere)
	here := h.awaitMedia(taken.ID, domain.MediaHere)
	kept, err := h.store.KeptFiles(within(t), h.client)
	require.NoError(t, err)
	require.Len(t, kept, 2)
	var one []domain.KeptFile
	for _, f := range kept {
		if f.SHA256 != here.SHA256 {
			one = append(one, f)
		}
	}
	cleared, err := h.store.ClearFiles(within(t), one) // and the program ends before the file goes
	require.NoError(t, err)
	require.Len(t, cleared, 1)
	h.stop()
	require.Len(t, h.world.mediaFiles(), 2)
	require.NoError(t, os.Remove(filepath.Join(h.world.dir, "media", "1", here.SHA256)))

	h.running = h.world.run()
	h.awaitNoFiles()
	require.Equal(t, domain.CodeMediaCleared, h.awaitMedia(taken.ID, domain.MediaGone).Why)
}

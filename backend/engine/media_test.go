package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// sends has Ana send a file and returns the message of it that came, with what her phone sent.
func (h *hotel) sends(d wasim.Draft) (domain.Message, wasim.File) {
	h.t.Helper()
	if d.File == nil {
		sample, err := wasim.SampleFile(d.Kind, 1)
		require.NoError(h.t, err)
		d.File = &sample
	}
	waid, err := h.ana.Write(within(h.t), h.ours.Number(), d)
	require.NoError(h.t, err)
	return h.message(h.client, waid), *d.File
}

// message waits for the message with an id of WhatsApp in the only conversation of a subaccount.
func (r *running) message(sub domain.SubaccountID, waid string) domain.Message {
	r.t.Helper()
	var found domain.Message
	r.await(func() bool {
		page, err := r.inbox.Conversations(within(r.t), domain.ConversationQuery{Subaccount: sub, Limit: 10})
		require.NoError(r.t, err)
		for _, c := range page.Conversations {
			for _, m := range r.messages(c.Ref.Conversation) {
				if m.WAID == waid {
					found = m
				}
			}
		}
		return found.ID != 0
	})
	return found
}

// awaitMedia waits until the file of a message has a state.
func (r *running) awaitMedia(id domain.MessageID, state domain.MediaState) domain.Media {
	r.t.Helper()
	var found domain.Media
	r.await(func() bool {
		m, err := r.store.Message(within(r.t), id)
		require.NoError(r.t, err)
		if m.Media != nil {
			found = *m.Media
		}
		return found.State == state
	})
	return found
}

// mediaFiles are the files under the folder of media, by their paths in it.
func (w *world) mediaFiles() []string {
	w.t.Helper()
	found := []string{}
	root := filepath.Join(w.dir, "media")
	require.NoError(w.t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(root, path)
			found = append(found, filepath.ToSlash(name))
		}
		return err
	}))
	return found
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (r *running) opened(id domain.MessageID) (domain.OpenMedia, []byte) {
	r.t.Helper()
	open, err := r.media.Open(within(r.t), id)
	require.NoError(r.t, err)
	data, err := io.ReadAll(open.File)
	require.NoError(r.t, err)
	require.NoError(r.t, open.File.Close())
	return open, data
}

// A picture is fetched by itself, whole, under the name of what it holds and nothing that its sender said.
func TestAPictureIsFetchedByItself(t *testing.T) {
	h := newHotel(t)
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindImage, Text: "The terrace"})
	here := h.awaitMedia(m.ID, domain.MediaHere)
	require.Equal(t, "image/jpeg", here.Type)
	require.True(t, here.Thumbnail)
	require.EqualValues(t, len(sent.Data), here.Size)
	require.Equal(t, sumOf(sent.Data), here.SHA256)
	require.Equal(t, []string{"1/" + here.SHA256}, h.world.mediaFiles())
	_, data := h.opened(m.ID)
	require.Equal(t, sent.Data, data)
	_, kind, err := h.media.Thumbnail(within(t), m.ID)
	require.NoError(t, err)
	require.Equal(t, "image/jpeg", kind)
}

// What is saved is whole, in the place of what was there, and nothing else is left beside it.
func TestAFileIsSavedWhole(t *testing.T) {
	h := newHotel(t)
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindImage})
	h.awaitMedia(m.ID, domain.MediaHere)
	dir := t.TempDir()
	path := filepath.Join(dir, "photo.jpg")
	require.NoError(t, os.WriteFile(path, []byte("another"), 0o600))
	require.NoError(t, h.media.Save(within(t), m.ID, path))
	saved, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, sent.Data, saved)
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(h.media.Save(within(t), m.ID, filepath.Join(dir, "nowhere", "photo.jpg"))))
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(h.media.Save(within(t), m.ID, dir)), "it is a folder")
	beside, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, beside, 1)
}

// What is fetched by itself is what its subaccount says, also where that is nothing.
func TestASubaccountSaysWhichFilesAreFetched(t *testing.T) {
	h := newHotel(t)
	const most = 1000
	_, err := h.fleet.SetFetchPolicy(within(t), h.client, domain.FetchPolicy{Documents: true, Max: most})
	require.NoError(t, err)
	photo, _ := h.sends(wasim.Draft{Kind: wasim.KindImage})
	large, _ := h.sends(wasim.Draft{Kind: wasim.KindDocument, File: &wasim.File{Data: make([]byte, most+1), Mime: "application/pdf", Name: "large.pdf"}})
	small, _ := h.sends(wasim.Draft{Kind: wasim.KindDocument, File: &wasim.File{Data: make([]byte, most), Mime: "application/pdf", Name: "small.pdf"}})
	h.awaitMedia(small.ID, domain.MediaHere)
	for _, m := range []domain.MessageID{photo.ID, large.ID} {
		found, err := h.store.Message(within(t), m)
		require.NoError(t, err)
		if found.Media != nil {
			require.Empty(t, found.Media.State, "nobody asked for it")
		}
		require.NoError(t, h.media.Ask(within(t), m))
		h.awaitMedia(m, domain.MediaHere)
	}
	for _, bad := range []int64{0, -1, domain.MaxMediaBytes + 1} {
		_, err := h.fleet.SetFetchPolicy(within(t), h.client, domain.FetchPolicy{Max: bad})
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	}
	_, err = h.fleet.SetFetchPolicy(within(t), 99, domain.FetchPolicy{Max: most})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

// A document is fetched when somebody wants it. Its name is only shown.
func TestADocumentIsFetchedWhenItIsAskedFor(t *testing.T) {
	h := newHotel(t)
	sample, err := wasim.SampleFile(wasim.KindDocument, 1)
	require.NoError(t, err)
	sample.Name = "../../../menu.pdf"
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindDocument, File: &sample})
	photo, _ := h.sends(wasim.Draft{Kind: wasim.KindImage})
	h.awaitMedia(photo.ID, domain.MediaHere)
	_, err = h.media.Open(within(t), m.ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err), "nobody has asked for it")

	require.NoError(t, h.media.Ask(within(t), m.ID))
	here := h.awaitMedia(m.ID, domain.MediaHere)
	require.Equal(t, "application/pdf", here.Type)
	require.Contains(t, h.world.mediaFiles(), "1/"+sumOf(sent.Data))
	_, data := h.opened(m.ID)
	require.Equal(t, sent.Data, data)
}

// What WhatsApp has no more, the phone is asked for.
func TestAFileThatWhatsAppHasNoMoreComesFromThePhone(t *testing.T) {
	h := newHotel(t)
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindDocument})
	require.NoError(t, h.world.sim.WaitFor(within(t), func() bool {
		_, err := h.ours.File(h.ana.Number(), m.WAID)
		return err == nil
	}))
	require.Positive(t, h.world.sim.ExpireMedia())
	require.NoError(t, h.media.Ask(within(t), m.ID))
	here := h.awaitMedia(m.ID, domain.MediaHere)
	require.Equal(t, sumOf(sent.Data), here.SHA256)
}

// What the phone has lost too is gone, and says so; asked for again, it is tried again.
func TestAFileThatThePhoneHasLostIsGone(t *testing.T) {
	h := newHotel(t)
	m, _ := h.sends(wasim.Draft{Kind: wasim.KindDocument})
	require.NoError(t, h.world.sim.WaitFor(within(t), func() bool {
		_, err := h.ours.File(h.ana.Number(), m.WAID)
		return err == nil
	}))
	require.Positive(t, h.world.sim.ExpireMedia())
	require.NoError(t, h.ours.DropFile(h.ana.Number(), m.WAID))
	for range 2 {
		require.NoError(t, h.media.Ask(within(t), m.ID))
		require.Equal(t, domain.CodeMediaGone, h.awaitMedia(m.ID, domain.MediaGone).Why)
	}
	require.Empty(t, h.world.mediaFiles())
}

// What is not the file that the message names is not kept.
func TestACorruptFileIsRefused(t *testing.T) {
	h := newHotel(t)
	require.NoError(t, h.world.sim.Inject(wasim.Fault{Kind: wasim.FaultMediaCorrupt, Number: h.ana.Number()}))
	m, _ := h.sends(wasim.Draft{Kind: wasim.KindImage})
	require.Equal(t, domain.CodeMediaBroken, h.awaitMedia(m.ID, domain.MediaRefused).Why)
	require.Empty(t, h.world.mediaFiles())
	_, err := h.media.Open(within(t), m.ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))

	h.world.sim.ClearFaults()
	require.NoError(t, h.media.Ask(within(t), m.ID))
	h.awaitMedia(m.ID, domain.MediaHere)
}

// One content is kept once in a subaccount and never shared with another. It goes with the last message that names it.
func TestAContentIsKeptOnceForEachSubaccount(t *testing.T) {
	h := newHotel(t)
	bar := h.world.phone("+34600000014", "Bar Miramar")
	other := h.world.phone("+34600000015", "Autos Ruiz")
	barDevice := h.device(h.client, "Bar")
	h.link(barDevice, bar)
	autos := h.subaccount("Autos Ruiz")
	h.link(h.device(autos, "Showroom"), other)

	first, sent := h.sends(wasim.Draft{Kind: wasim.KindImage})
	h.awaitMedia(first.ID, domain.MediaHere)
	for _, to := range []*wasim.Phone{bar, other} {
		waid, err := h.ana.Write(within(t), to.Number(), wasim.Draft{Kind: wasim.KindImage, File: &sent})
		require.NoError(t, err)
		sub := h.client
		if to == other {
			sub = autos
		}
		h.awaitMedia(h.message(sub, waid).ID, domain.MediaHere)
	}
	sum := sumOf(sent.Data)
	require.ElementsMatch(t, []string{"1/" + sum, "2/" + sum}, h.world.mediaFiles())

	_, err := h.fleet.RemoveDevice(within(t), h.reception, domain.Removal{Erase: true, Label: "Reception"})
	require.NoError(t, err)
	h.media.Forgotten()
	require.ElementsMatch(t, []string{"1/" + sum, "2/" + sum}, h.world.mediaFiles(), "the bar still names it")
	_, err = h.fleet.RemoveDevice(within(t), barDevice, domain.Removal{Erase: true, Label: "Bar"})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(h.world.mediaFiles()) == 1 }, patience, 5*time.Millisecond)
	require.Equal(t, []string{"2/" + sum}, h.world.mediaFiles())
}

// What was on its way when Waflow ended is fetched at the next start, and nothing is left of the first try.
func TestAFileIsFetchedAfterARestart(t *testing.T) {
	h := newHotel(t)
	require.NoError(t, h.world.sim.Inject(wasim.Fault{Kind: wasim.FaultMediaSlow, Delay: patience}))
	m, sent := h.sends(wasim.Draft{Kind: wasim.KindImage})
	require.Eventually(t, func() bool { return len(h.world.mediaFiles()) == 1 }, patience, 5*time.Millisecond, "it is on its way")
	h.stop()
	require.Empty(t, h.world.mediaFiles())

	left := filepath.Join(h.world.dir, "media", "1", "left.part")
	require.NoError(t, os.WriteFile(left, []byte("what a crash left"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(h.world.dir, "media", "1", sumOf([]byte("x"))), []byte("x"), 0o600))
	h.world.sim.ClearFaults()
	h.running = h.world.run()
	here := h.awaitMedia(m.ID, domain.MediaHere)
	require.Equal(t, sumOf(sent.Data), here.SHA256)
	require.Equal(t, []string{"1/" + here.SHA256}, h.world.mediaFiles())
}

package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// attach attaches a file to a conversation as the page does: begun by a call, its bytes in pieces, looked at by a call.
func (b *bubble) attach(chat domain.ConversationID, name string, data []byte, hints bridge.AttachmentHints) bridge.Attachment {
	b.t.Helper()
	if hints.Waveform == nil {
		hints.Waveform = []int{}
	}
	attachments := facade[*bridge.Attachments](b)
	id, err := attachments.Attach(int64(chat), name, int64(len(data)))
	require.NoError(b.t, err)
	for at := 0; at < len(data); {
		piece := data[at:min(len(data), at+300<<10)]
		r := httptest.NewRequest(http.MethodPost, fmt.Sprintf("/media/attached/%s?at=%d", id, at), bytes.NewReader(piece))
		r.Header.Set("X-Waflow", "1")
		w := httptest.NewRecorder()
		b.facades.Media().ServeHTTP(w, r)
		require.Equal(b.t, http.StatusNoContent, w.Code, w.Body)
		at += len(piece)
	}
	is, err := attachments.Attached(id, hints)
	require.NoError(b.t, err)
	return is
}

// sendFile sends an attached file with a caption.
func (b *bubble) sendFile(chat domain.ConversationID, is bridge.Attachment, document bool, caption string) bridge.Message {
	b.t.Helper()
	m, err := facade[*bridge.Attachments](b).Send(int64(chat), bridge.OutgoingFile{Attachment: is.ID, Document: document, Caption: caption}, "", "")
	require.NoError(b.t, err)
	return m
}

// gotFile waits until a file that was sent from here is on Ana's phone and read there, and returns what her phone shows of it. It reached
// her once.
func (b *bubble) gotFile(m bridge.Message) (wasim.ChatMessage, []byte) {
	b.t.Helper()
	kept, err := b.inbox.Message(within(b.t), domain.MessageID(m.ID))
	require.NoError(b.t, err)
	var data []byte
	b.wait("the file", func() bool {
		data, err = b.ana.File(b.ours.Number(), kept.WAID)
		return err == nil
	})
	var found []wasim.ChatMessage
	for _, shown := range b.ana.Messages(b.ours.Number()) {
		if shown.ID == kept.WAID {
			found = append(found, shown)
		}
	}
	require.Len(b.t, found, 1)
	for _, d := range b.sim.Ledger().Deliveries(wasim.Filter{ID: kept.WAID, To: b.ana.Number()}) {
		require.Equal(b.t, 1, d.Decrypted)
	}
	b.wait("its ack", func() bool {
		now, err := b.inbox.Message(within(b.t), domain.MessageID(m.ID))
		require.NoError(b.t, err)
		return now.State != domain.StateQueued && now.State != domain.StateSending && now.State != domain.StateUncertain
	})
	return found[0], data
}

// here is the file of a message as the page gets it.
func (b *bubble) here(m bridge.Message) []byte {
	b.t.Helper()
	_, data := b.opened(domain.MessageID(m.ID))
	return data
}

// photo is a JPEG as a camera writes it: lying on its side, with a note of where it was.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, color.RGBA{R: uint8(x * 255 / width), G: uint8(y * 255 / height), B: 90, A: 255})
		}
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, picture, nil))
	tiff := []byte("II*\x00\x08\x00\x00\x00\x02\x00")
	for _, entry := range [][4]uint32{{0x0112, 3, 1, 6}, {0x8825, 4, 1, 38}} {
		tiff = binary.LittleEndian.AppendUint16(tiff, uint16(entry[0]))
		tiff = binary.LittleEndian.AppendUint16(tiff, uint16(entry[1]))
		tiff = binary.LittleEndian.AppendUint32(tiff, entry[2])
		tiff = binary.LittleEndian.AppendUint32(tiff, entry[3])
	}
	tiff = append(tiff, "\x00\x00\x00\x00\x01\x00\x1d\x00\x02\x00\x0b\x00\x00\x00\x38\x00\x00\x00\x00\x00\x00\x002026:11:24\x00"...)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte("\xff\xd8\xff\xe1"), binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	out = append(out, exif...)
	return append(out, plain.Bytes()[2:]...)
}

func TestAPictureIsSentWithoutWhatTheCameraWrote(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		taken := photo(b.t, 2400, 1200)
		is := b.attach(chat, "IMG_0042.jpg", taken, bridge.AttachmentHints{})
		require.Equal(b.t, "image", is.Kind)
		require.True(b.t, is.Choice)
		m := b.sendFile(chat, is, false, "The terrace")
		shown, data := b.gotFile(m)
		require.Equal(b.t, b.here(m), data, "what is shown here is what arrived")
		require.Equal(b.t, "The terrace", shown.Text)
		require.Equal(b.t, wasim.KindImage, shown.Kind)
		require.NotContains(b.t, string(data), "Exif")
		require.NotContains(b.t, string(data), "2026:11:24", "where and when it was")
		config, err := jpeg.DecodeConfig(bytes.NewReader(data))
		require.NoError(b.t, err)
		require.Equal(b.t, [2]int{800, 1600}, [2]int{config.Width, config.Height}, "upright, and no larger than WhatsApp's")
		require.EqualValues(b.t, 800, shown.Media.Width)
		require.EqualValues(b.t, 1600, shown.Media.Height)
		small, err := jpeg.DecodeConfig(bytes.NewReader(shown.Media.Thumbnail))
		require.NoError(b.t, err)
		require.Equal(b.t, 100, small.Height)

		again := b.sendFile(chat, b.attach(chat, "IMG_0042.jpg", taken, bridge.AttachmentHints{}), true, "")
		shown, data = b.gotFile(again)
		require.Equal(b.t, wasim.KindDocument, shown.Kind)
		require.Equal(b.t, taken, data, "a document is sent as it is")
		require.Equal(b.t, "IMG_0042.jpg", shown.Media.FileName)
	})
}

func TestFilesOfEveryKindAreSent(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		video, err := wasim.SampleFile(wasim.KindVideo, 1)
		require.NoError(b.t, err)
		document, err := wasim.SampleFile(wasim.KindDocument, 1)
		require.NoError(b.t, err)
		var drawing bytes.Buffer
		require.NoError(b.t, png.Encode(&drawing, image.NewNRGBA(image.Rect(0, 0, 30, 20))))
		for _, c := range []struct {
			name string
			data []byte
			kind string
		}{
			{"clip.mp4", video.Data, "video"},
			{"Carta.pdf", document.Data, "document"},
			{"clear.png", drawing.Bytes(), "image"},
			{"Preise ü.docx", []byte("PK\x03\x04 words"), "document"},
			{"clip.gif", []byte("GIF89a and more"), "document"},
		} {
			is := b.attach(chat, c.name, c.data, bridge.AttachmentHints{})
			require.Equal(b.t, c.kind, is.Kind, c.name)
			shown, data := b.gotFile(b.sendFile(chat, is, false, "see "+c.name))
			require.Equal(b.t, "see "+c.name, shown.Text)
			require.Equal(b.t, c.kind, string(shown.Kind))
			if c.kind != "image" {
				require.Equal(b.t, c.data, data)
			}
			if c.kind == "video" {
				require.Equal(b.t, [3]uint32{64, 64, 3}, [3]uint32{shown.Media.Width, shown.Media.Height, shown.Media.Seconds})
			}
			if c.kind == "image" {
				plain, err := jpeg.Decode(bytes.NewReader(data))
				require.NoError(b.t, err)
				r, _, _, _ := plain.At(15, 10).RGBA()
				require.Greater(b.t, r, uint32(0xf000), "what is clear is white")
			}
		}
		require.Equal(b.t, []string{"see clip.mp4", "see Carta.pdf", "see clear.png", "see Preise ü.docx", "see clip.gif"}, b.reachedAna())
	})
}

// A file waits as a text does: for its device, for its time, in its order; and it is uploaded again when WhatsApp's copy has become old.
func TestAFileWaitsAndKeepsItsOrder(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		is := b.attach(chat, "a.jpg", photo(b.t, 40, 20), bridge.AttachmentHints{})
		first := b.sendFile(chat, is, false, "picture")
		b.send(chat, "words")
		require.Equal(b.t, map[string]domain.HoldCode{"picture": domain.HoldDevice, "words": domain.HoldDevice}, b.holds(chat))
		b.restart()
		b.unplugged.Store(false)
		b.wait("both", func() bool { return len(b.reachedAna()) == 2 })
		require.Equal(b.t, []string{"picture", "words"}, b.reachedAna())
		b.gotFile(first)

		when, err := domain.WallOf(b.now().Add(2*time.Hour), "Europe/Madrid")
		require.NoError(b.t, err)
		is = b.attach(chat, "b.jpg", photo(b.t, 60, 20), bridge.AttachmentHints{})
		later, err := facade[*bridge.Attachments](b).Send(int64(chat), bridge.OutgoingFile{Attachment: is.ID, Caption: "later"}, when.Wall, when.Zone)
		require.NoError(b.t, err)
		require.Equal(b.t, "scheduled", later.State)
		time.Sleep(time.Hour)
		require.Len(b.t, b.reachedAna(), 2)
		time.Sleep(61 * time.Minute)
		require.Equal(b.t, []string{"picture", "words", "later"}, b.reachedAna())
		b.gotFile(later)
	})
}

// What WhatsApp's hosts refuse is tried again, says so, and never goes twice; what they call too large fails and can be tried by a person.
func TestAFileThatTheHostsRefuse(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultRefuseUpload, Number: b.ours.Number(), Code: 401, Count: 1}))
		b.gotFile(b.sendFile(chat, b.attach(chat, "a.jpg", photo(b.t, 40, 20), bridge.AttachmentHints{}), false, "expired"))

		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultRefuseUpload, Number: b.ours.Number(), Code: 507}))
		m := b.sendFile(chat, b.attach(chat, "b.jpg", photo(b.t, 50, 20), bridge.AttachmentHints{}), false, "full")
		b.send(chat, "behind it")
		b.wait("the refusal", func() bool { return b.holds(chat)["full"] == domain.HoldUpload })
		require.Equal(b.t, domain.HoldBehind, b.holds(chat)["behind it"])
		b.restart()
		b.sim.ClearFaults()
		b.gotFile(m)
		b.wait("what is behind it", func() bool { return len(b.reachedAna()) == 3 })

		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultRefuseUpload, Number: b.ours.Number(), Code: 413, Count: 1}))
		m = b.sendFile(chat, b.attach(chat, "c.jpg", photo(b.t, 60, 20), bridge.AttachmentHints{}), false, "large")
		b.wait("the failure", func() bool { return b.lastOf(chat).State == domain.StateFailed })
		require.Equal(b.t, domain.CodeFileTooLarge, b.lastOf(chat).FailCode)
		require.NoError(b.t, b.inbox.Retry(within(b.t), domain.MessageID(m.ID)))
		b.gotFile(m)
	})
}

// Whose ack is lost goes again under the same id, with the file that was uploaded: the contact has it once.
func TestAFileWhoseAckIsLostGoesOnce(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.ana.SetOwnNetwork(false) // else her phone says that it has it
		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: b.ours.Number(), Count: 1}))
		m := b.sendFile(chat, b.attach(chat, "a.jpg", photo(b.t, 40, 20), bridge.AttachmentHints{}), false, "once")
		b.wait("the doubt", func() bool { return b.holds(chat)["once"] == domain.HoldUncertain })
		b.restart()
		b.ana.SetOwnNetwork(true)
		b.gotFile(m)
		require.Equal(b.t, []string{"once"}, b.reachedAna())
	})
}

// A message that is taken back before it has gone leaves nothing, and neither does a file that was attached and removed.
func TestAFileThatIsTakenBackLeavesNothing(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		gone := b.attach(chat, "a.jpg", photo(b.t, 40, 20), bridge.AttachmentHints{})
		require.NoError(b.t, facade[*bridge.Attachments](b).Detach(gone.ID))
		m := b.sendFile(chat, b.attach(chat, "b.jpg", photo(b.t, 50, 20), bridge.AttachmentHints{}), false, "never")
		require.NoError(b.t, b.takeBack(m))
		b.wait("the files", func() bool { return len(b.world.mediaFiles()) == 0 })
		b.unplugged.Store(false)
		b.shows(domain.CauseOnline)
		time.Sleep(time.Hour)
		require.Empty(b.t, b.reachedAna())
		_, err := facade[*bridge.Attachments](b).Send(int64(chat), bridge.OutgoingFile{Attachment: gone.ID}, "", "")
		require.Equal(b.t, string(domain.CodeFileGone), problemCode(b.t, err))
	})
}

func TestWhatCannotBeAttached(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		attachments := facade[*bridge.Attachments](b)
		for want, size := range map[domain.Code]int64{domain.CodeFileEmpty: 0, domain.CodeFileTooLarge: domain.MaxSentDocumentBytes + 1} {
			_, err := attachments.Attach(int64(chat), "a.bin", size)
			require.Equal(b.t, string(want), problemCode(b.t, err))
		}
		id, err := attachments.Attach(int64(chat), "cut.bin", 10)
		require.NoError(b.t, err)
		_, err = attachments.Attached(id, bridge.AttachmentHints{Waveform: []int{}})
		require.Equal(b.t, string(domain.CodeFileUnreadable), problemCode(b.t, err))
		broken := b.attach(chat, "broken.jpg", []byte("\xff\xd8\xff and nothing more"), bridge.AttachmentHints{})
		require.Equal(b.t, "document", broken.Kind)
	})
}

func TestAVoiceNoteIsSentAsOne(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		require.NoError(b.t, b.inbox.SetDraft(within(b.t), chat, domain.FirstOperator, "half a sentence"))
		sample, err := wasim.SampleFile(wasim.KindVoice, 1)
		require.NoError(b.t, err)
		wave := []int{0, 50, 100, 120, -3}
		is := b.attach(chat, "voice", sample.Data, bridge.AttachmentHints{Voice: true, Waveform: wave})
		require.Equal(b.t, "voice", is.Kind)
		shown, data := b.gotFile(b.sendFile(chat, is, false, ""))
		require.Equal(b.t, wasim.KindVoice, shown.Kind)
		require.Equal(b.t, "audio/ogg; codecs=opus", shown.Media.Mime)
		require.Equal(b.t, []byte{0, 50, 100, 100, 0}, shown.Media.Waveform)
		require.Equal(b.t, sample.Seconds, shown.Media.Seconds)
		require.Equal(b.t, "OggS", string(data[:4]))
		c, err := b.inbox.Conversation(within(b.t), chat)
		require.NoError(b.t, err)
		require.Equal(b.t, "half a sentence", c.Draft, "what is being written stays")
	})
}

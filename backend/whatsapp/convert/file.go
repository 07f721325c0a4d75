package convert

import (
	"cmp"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"waflow/backend/domain"
)

// file reads a message that brings a file, with the words that come with it.
func file(message *waE2E.Message) (content, bool) {
	switch {
	case message.GetImageMessage() != nil:
		return image(message.GetImageMessage()), true
	case message.GetVideoMessage() != nil:
		return video(message.GetVideoMessage()), true
	case message.GetPtvMessage() != nil:
		c := video(message.GetPtvMessage())
		c.parts.File.Round = true
		return c, true
	case message.GetAudioMessage() != nil:
		return audio(message.GetAudioMessage()), true
	case message.GetDocumentMessage() != nil:
		return document(message.GetDocumentMessage()), true
	case message.GetStickerMessage() != nil:
		return sticker(message.GetStickerMessage()), true
	}
	return content{}, false
}

func image(m *waE2E.ImageMessage) content {
	f := fileOf(m)
	f.Width, f.Height = count(m.GetWidth()), count(m.GetHeight())
	return fileContent(domain.KindImage, m.GetCaption(), f, m.GetJPEGThumbnail())
}

func video(m *waE2E.VideoMessage) content {
	f := fileOf(m)
	f.Width, f.Height, f.Seconds = count(m.GetWidth()), count(m.GetHeight()), count(m.GetSeconds())
	kind := domain.KindVideo
	if m.GetGifPlayback() {
		kind = domain.KindGIF
	}
	return fileContent(kind, m.GetCaption(), f, m.GetJPEGThumbnail())
}

func audio(m *waE2E.AudioMessage) content {
	f := fileOf(m)
	f.Seconds = count(m.GetSeconds())
	kind := domain.KindAudio
	if m.GetPTT() {
		kind, f.Waveform = domain.KindVoice, waveform(m.GetWaveform())
	}
	return fileContent(kind, "", f, nil)
}

func document(m *waE2E.DocumentMessage) content {
	f := fileOf(m)
	f.Pages, f.Name = count(m.GetPageCount()), fileName(cmp.Or(m.GetFileName(), m.GetTitle()))
	return fileContent(domain.KindDocument, cmp.Or(m.GetCaption(), f.Name), f, m.GetJPEGThumbnail())
}

func sticker(m *waE2E.StickerMessage) content {
	f := fileOf(m)
	f.Width, f.Height, f.Animated = count(m.GetWidth()), count(m.GetHeight()), m.GetIsAnimated() || m.GetIsLottie()
	return fileContent(domain.KindSticker, "", f, m.GetPngThumbnail())
}

func fileContent(kind domain.MessageKind, caption string, f *domain.File, picture []byte) content {
	return content{kind: kind, text: words(caption), parts: domain.Content{File: f, Thumbnail: small(picture)}}
}

// stored is what all messages with a file tell about it.
type stored interface {
	GetMimetype() string
	GetFileLength() uint64
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
}

func fileOf(m stored) *domain.File {
	return &domain.File{
		MIME: label(m.GetMimetype()),
		Size: size(m.GetFileLength()),
		Key: domain.FileKey{
			DirectPath: link(m.GetDirectPath()), MediaKey: hash(m.GetMediaKey()), SHA256: hash(m.GetFileSHA256()), EncSHA256: hash(m.GetFileEncSHA256()),
		},
	}
}

// largest is the size from which on a file's size is nonsense: WhatsApp takes 2 GB.
const largest = 1 << 40

func size(bytes uint64) int64 {
	if bytes > largest {
		return 0
	}
	return int64(bytes)
}

// hash is a key or a hash of 32 bytes, nothing if it is something else.
func hash(raw []byte) []byte {
	if len(raw) != 32 {
		return nil
	}
	return raw
}

// waveform is the loudness of a voice note, each value at most 100.
func waveform(raw []byte) []byte {
	var out []byte
	for _, value := range raw[:min(len(raw), domain.MaxWaveform)] {
		out = append(out, min(value, 100))
	}
	return out
}

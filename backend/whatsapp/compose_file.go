package whatsapp

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// mediaKeySize is the length of the key that the keys of a file are derived from.
const mediaKeySize = 32

// ComposeFile makes a message with a file ready to go, as Compose does one of words only. The key of the file is chosen here too, so that a
// file that is uploaded twice is the same both times. Where it lies is added by Upload.
// Errors are *domain.Error: CodeTextTooLong and CodeInvalid as of Compose; CodeInvalid for a file that names no content.
func (s *Service) ComposeFile(form domain.Form, caption string) (domain.Composed, error) {
	switch {
	case len(caption) > domain.MaxTextBytes:
		return domain.Composed{}, &domain.Error{
			Code: domain.CodeTextTooLong, Message: "The text is too long to send.",
			Detail: map[string]string{"bytes": strconv.Itoa(len(caption)), "limit": strconv.Itoa(domain.MaxTextBytes)}, Action: domain.ActionShorten,
		}
	case !utf8.ValidString(caption):
		return domain.Composed{}, &domain.Error{Code: domain.CodeInvalid, Message: "The text holds bytes that are no characters."}
	case len(form.File.Key.SHA256) == 0 || form.File.Size <= 0:
		return domain.Composed{}, &domain.Error{Code: domain.CodeInvalid, Message: "The file names no content."}
	}
	if isBlank(caption) {
		caption = ""
	}
	secret, key := make([]byte, messageSecretSize), make([]byte, mediaKeySize)
	_, _ = rand.Read(secret) // neither ever fails: crypto/rand ends the program instead
	_, _ = rand.Read(key)
	file := form.File
	file.Key.MediaKey = key
	message := fileMessage(form.Kind, &file, form.Thumbnail, caption, s.now())
	message.MessageContextInfo = &waE2E.MessageContextInfo{MessageSecret: secret}
	payload, err := proto.Marshal(message)
	if err != nil {
		return domain.Composed{}, &domain.Error{Code: domain.CodeInternal, Message: "The message could not be encoded.", Err: err}
	}
	text := caption
	if form.Kind == domain.KindDocument {
		text = cmp.Or(caption, file.Name)
	}
	return domain.Composed{
		WAID: newMessageID(), Payload: payload, Kind: form.Kind, Text: text,
		Content: &domain.Content{File: &file, Thumbnail: form.Thumbnail},
		Media: &domain.Media{
			State: domain.MediaHere, SHA256: hex.EncodeToString(file.Key.SHA256), Size: file.Size, Type: form.Type, Thumbnail: len(form.Thumbnail) > 0,
		},
	}, nil
}

// fileMessage is the message that WhatsApp's own programs make of a file.
func fileMessage(kind domain.MessageKind, f *domain.File, thumbnail []byte, caption string, now time.Time) *waE2E.Message {
	said := words(caption)
	size, since := proto.Uint64(uint64(f.Size)), proto.Int64(now.Unix())
	switch kind {
	case domain.KindImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Mimetype: &f.MIME, Caption: said, FileSHA256: f.Key.SHA256, FileLength: size, MediaKey: f.Key.MediaKey, MediaKeyTimestamp: since,
			Width: proto.Uint32(uint32(f.Width)), Height: proto.Uint32(uint32(f.Height)), JPEGThumbnail: thumbnail,
		}}
	case domain.KindVideo:
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{
			Mimetype: &f.MIME, Caption: said, FileSHA256: f.Key.SHA256, FileLength: size, MediaKey: f.Key.MediaKey, MediaKeyTimestamp: since,
			Width: proto.Uint32(uint32(f.Width)), Height: proto.Uint32(uint32(f.Height)), Seconds: proto.Uint32(uint32(f.Seconds)), JPEGThumbnail: thumbnail,
		}}
	case domain.KindVoice, domain.KindAudio:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			Mimetype: &f.MIME, FileSHA256: f.Key.SHA256, FileLength: size, MediaKey: f.Key.MediaKey, MediaKeyTimestamp: since,
			Seconds: proto.Uint32(uint32(f.Seconds)), PTT: proto.Bool(kind == domain.KindVoice), Waveform: f.Waveform,
		}}
	default:
		return documentMessage(f, thumbnail, said, since)
	}
}

// documentMessage is a document; one with words is wrapped once more.
func documentMessage(f *domain.File, thumbnail []byte, said *string, since *int64) *waE2E.Message {
	document := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		Mimetype: &f.MIME, Title: &f.Name, FileName: &f.Name, Caption: said, FileSHA256: f.Key.SHA256, FileLength: proto.Uint64(uint64(f.Size)),
		MediaKey: f.Key.MediaKey, MediaKeyTimestamp: since, JPEGThumbnail: thumbnail,
	}}
	if said == nil {
		return document
	}
	return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: document}}
}

func words(caption string) *string {
	if caption == "" {
		return nil
	}
	return &caption
}

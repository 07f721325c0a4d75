package media

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"waflow/backend/domain"
	"waflow/backend/mp4"
	"waflow/backend/picture"
	"waflow/backend/voice"
)

// mostPictureBytes bounds the pictures that are unpacked. They leave much smaller than they came.
const mostPictureBytes = 100 << 20

// look finds out what a file is and in which ways it can go. Its bytes are all there.
func (l *Library) look(_ context.Context, a *attached, hints domain.AttachmentHints) (domain.Attachment, error) {
	part := a.part
	a.part = nil
	kept, err := part.Keep(nil)
	if err != nil {
		return domain.Attachment{}, err
	}
	a.sums[kept.SHA256] = true
	file, err := l.c.Files.Read(a.sub, kept.SHA256)
	if err != nil {
		return domain.Attachment{}, err
	}
	defer func() { _ = file.Close() }()
	if hints.Voice {
		form, err := l.voice(a, file, kept, hints)
		return domain.Attachment{Form: form}, err
	}
	document, err := documentOf(a.name, file, kept)
	if err != nil {
		return domain.Attachment{}, storageFailed("A file can't be read.", err)
	}
	form, why, err := l.mediaForm(a, file, kept, hints)
	switch {
	case err != nil:
		return domain.Attachment{}, err
	case form == nil:
		return domain.Attachment{Form: document, Why: why}, nil
	}
	document.Thumbnail = form.Thumbnail
	return domain.Attachment{Form: *form, Document: &document}, nil
}

// mediaForm is how a file goes as media, nil where it goes as a document only; then why, if one would expect otherwise.
func (l *Library) mediaForm(a *attached, file *os.File, kept domain.Media, hints domain.AttachmentHints) (*domain.Form, domain.Code, error) {
	switch kind := kindOf(kept.Type); {
	case kind == domain.KindImage && kept.Size > mostPictureBytes, (kind == domain.KindVideo || kind == domain.KindAudio) && kept.Size > domain.MaxSentMediaBytes:
		return nil, domain.CodeFileTooLarge, nil
	case kind == domain.KindImage:
		return l.pictureForm(a, file)
	case kind == domain.KindVideo:
		return l.videoForm(a, file, kept)
	case kind == domain.KindAudio:
		form := formOf(kind, kept)
		form.File.Seconds = max(0, hints.Seconds)
		return &form, "", nil
	}
	return nil, "", nil
}

// kindOf is what a file of a type is sent as. Pictures that move would stand still, and go as they are.
func kindOf(kind string) domain.MessageKind {
	switch kind {
	case "image/jpeg", "image/png", "image/webp":
		return domain.KindImage
	case "video/mp4":
		return domain.KindVideo
	case "audio/mp4", "audio/ogg", "audio/mpeg":
		return domain.KindAudio
	}
	return domain.KindDocument
}

// formOf is a content as it is.
func formOf(kind domain.MessageKind, kept domain.Media) domain.Form {
	sum, _ := hex.DecodeString(kept.SHA256)
	return domain.Form{Kind: kind, Type: kept.Type, File: domain.File{MIME: kept.Type, Size: kept.Size, Key: domain.FileKey{SHA256: sum}}}
}

func (l *Library) pictureForm(a *attached, file *os.File) (*domain.Form, domain.Code, error) {
	made, err := picture.Prepare(file)
	switch {
	case errors.Is(err, picture.ErrTooManyPixels):
		return nil, domain.CodeFileTooLarge, nil
	case err != nil:
		return nil, domain.CodeFileUnreadable, nil
	}
	kept, err := l.keepBytes(a, made.JPEG)
	if err != nil {
		return nil, "", err
	}
	form := formOf(domain.KindImage, kept)
	form.File.Width, form.File.Height, form.Thumbnail = made.Width, made.Height, made.Thumbnail
	return &form, "", nil
}

// videoForm is for what every phone plays; anything else is better kept as it is. What goes is without what the camera wrote beside it.
func (l *Library) videoForm(a *attached, file *os.File, kept domain.Media) (*domain.Form, domain.Code, error) {
	info, err := mp4.Look(file, kept.Size)
	if err != nil || !info.H264 {
		return nil, domain.CodeFileUnreadable, nil
	}
	if len(info.Notes) > 0 {
		if kept, err = l.keepBlanked(a, io.NewSectionReader(file, 0, kept.Size), info.Notes); err != nil {
			return nil, "", err
		}
	}
	form := formOf(domain.KindVideo, kept)
	form.File.Width, form.File.Height, form.File.Seconds = info.Width, info.Height, info.Seconds
	if small, err := picture.Thumbnail(bytes.NewReader(a.poster)); err == nil {
		form.Thumbnail = small
	}
	return &form, "", nil
}

// voice makes a voice note of what a page recorded. The recording itself is not kept.
func (l *Library) voice(a *attached, file *os.File, kept domain.Media, hints domain.AttachmentHints) (domain.Form, error) {
	if kept.Size > domain.MaxSentMediaBytes {
		return domain.Form{}, &domain.Error{Code: domain.CodeFileTooLarge, Message: "The recording is too long."}
	}
	raw, err := io.ReadAll(file)
	if err != nil {
		return domain.Form{}, storageFailed("A file can't be read.", err)
	}
	note, err := voice.Ogg(raw)
	if err != nil {
		return domain.Form{}, unreadable(err)
	}
	made, err := l.keepBytes(a, note.Data)
	if err != nil {
		return domain.Form{}, err
	}
	delete(a.sums, kept.SHA256)
	form := formOf(domain.KindVoice, made)
	form.File.MIME, form.File.Seconds = voice.MIME, note.Seconds
	form.File.Waveform = hints.Waveform[:min(len(hints.Waveform), domain.MaxWaveform)]
	return form, nil
}

// keepBytes puts a content into the folder that was made of an attached file.
func (l *Library) keepBytes(a *attached, data []byte) (domain.Media, error) {
	return l.keepBlanked(a, io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), nil)
}

// keepBlanked puts a content into the folder that was made of an attached file, without these notes.
func (l *Library) keepBlanked(a *attached, data *io.SectionReader, notes []mp4.Note) (domain.Media, error) {
	part, err := l.c.Files.Begin(a.sub, data.Size())
	if err != nil {
		return domain.Media{}, err
	}
	_, err = io.Copy(part, data)
	if err == nil {
		err = mp4.Blank(part, notes)
	}
	if err != nil {
		part.Discard()
		return domain.Media{}, storageFailed("A file can't be written.", err)
	}
	kept, err := part.Keep(nil)
	if err == nil {
		a.sums[kept.SHA256] = true
	}
	return kept, err
}

// documentOf is a file as it is, by its name.
func documentOf(name string, file *os.File, kept domain.Media) (domain.Form, error) {
	form := formOf(domain.KindDocument, kept)
	form.File.Name = name
	if form.File.MIME != TypeUnknown {
		return form, nil
	}
	if known := typeByName(name); known != "" {
		form.File.MIME = known
		return form, nil
	}
	head := make([]byte, sniffed)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return form, err
	}
	form.File.MIME, _, _ = mime.ParseMediaType(http.DetectContentType(head[:n]))
	return form, nil
}

// typeByName is the type of documents whose first bytes do not tell it. The system's own table is not asked: it differs from one computer to
// the next.
func typeByName(name string) string {
	const office, open = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	switch strings.ToLower(path.Ext(name)) {
	case ".doc":
		return "application/msword"
	case ".xls":
		return "application/vnd.ms-excel"
	case ".ppt":
		return "application/vnd.ms-powerpoint"
	case ".docx":
		return office + "wordprocessingml.document"
	case ".xlsx":
		return office + "spreadsheetml.sheet"
	case ".pptx":
		return office + "presentationml.presentation"
	case ".odt":
		return open + "text"
	case ".ods":
		return open + "spreadsheet"
	case ".odp":
		return open + "presentation"
	case ".csv":
		return "text/csv"
	case ".json":
		return "application/json"
	case ".zip":
		return "application/zip"
	case ".epub":
		return "application/epub+zip"
	case ".mov":
		return "video/quicktime"
	case ".heic":
		return "image/heic"
	}
	return ""
}

// fileName is a name that a person's computer gave a file: its last part, in one line.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name))
	for len(name) > domain.MaxLabelBytes {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

func fileTooLarge() *domain.Error {
	return &domain.Error{Code: domain.CodeFileTooLarge, Message: "The file is larger than WhatsApp takes."}
}

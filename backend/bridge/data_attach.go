package bridge

import "waflow/backend/domain"

// Attachment is a file that is attached to what is written.
type Attachment struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"` // what it goes as by itself: "image", "video", "audio", "voice", "document"
	Name     string `json:"name"`
	Size     int64  `json:"size"`    // bytes, as it goes by itself
	Whole    int64  `json:"whole"`   // bytes, as a document
	Choice   bool   `json:"choice"`  // it can go as a document instead
	Why      string `json:"why"`     // the code of why it goes as a document only, "" for no reason
	Seconds  int    `json:"seconds"` // of what plays
	Captions bool   `json:"captions"`
}

// AttachmentHints is what the page knows of a file.
type AttachmentHints struct {
	Voice    bool  `json:"voice"`    // it was recorded here, as a voice note
	Waveform []int `json:"waveform"` // its loudness from 0 to 100
	Seconds  int   `json:"seconds"`  // how long it plays, 0 if unknown
}

// OutgoingFile is an attached file that is to go.
type OutgoingFile struct {
	Attachment string `json:"attachment"`
	Document   bool   `json:"document"` // as a document, its bytes as they are
	Caption    string `json:"caption"`
}

// Upload is how far the file of a message is.
type Upload struct {
	Sent int64 `json:"sent"` // bytes
	Size int64 `json:"size"`
}

func attachmentOf(a domain.Attachment) Attachment {
	out := Attachment{
		ID: a.ID, Kind: string(a.Form.Kind), Name: oneLine(a.Form.File.Name), Size: a.Form.File.Size, Whole: a.Form.File.Size,
		Choice: a.Document != nil, Why: string(a.Why), Seconds: a.Form.File.Seconds,
		Captions: a.Form.Kind != domain.KindVoice && a.Form.Kind != domain.KindAudio,
	}
	if a.Document != nil {
		out.Name, out.Whole = oneLine(a.Document.File.Name), a.Document.File.Size
	}
	return out
}

func hintsOf(h AttachmentHints) domain.AttachmentHints {
	out := domain.AttachmentHints{Voice: h.Voice, Seconds: max(0, h.Seconds)}
	for _, value := range h.Waveform[:min(len(h.Waveform), domain.MaxWaveform)] {
		out.Waveform = append(out.Waveform, byte(min(max(value, 0), 100)))
	}
	return out
}

func uploadOf(p domain.UploadProgress) Upload { return Upload{Sent: p.Sent, Size: p.Size} }

package domain

// Bounds of what WhatsApp takes, in bytes, as its help pages tell people: media that is sent as such up to 16 MB, documents up to 2 GB.
const (
	MaxSentMediaBytes    = 16 << 20
	MaxSentDocumentBytes = 2 << 30
)

// Codes of why a file can't be attached or sent.
const (
	CodeFileEmpty      Code = "file_empty"      // it holds nothing
	CodeFileTooLarge   Code = "file_too_large"  // Detail "limit" is what is taken, in bytes
	CodeFileUnreadable Code = "file_unreadable" // it ended before its end, or changed while it was read
	CodeFileGone       Code = "file_gone"       // it was attached and is not here any more
	CodeTooManyFiles   Code = "too_many_files"  // more are attached than are held
	CodeUploadFailed   Code = "upload_failed"   // WhatsApp's host did not take the file
)

// Form is one way in which an attached file can go. Its File names the content by its hash, and has no key yet.
type Form struct {
	Kind      MessageKind
	File      File
	Thumbnail []byte // a small JPEG, nil for none
	Type      string // of the content, as media.Sniff has it
}

// Attachment is a file that somebody attached to what they write.
type Attachment struct {
	ID         string
	Subaccount SubaccountID
	Form       Form  // what it goes as by itself
	Document   *Form // as a document, its bytes as they are; nil where Form is one already, or where it can't be
	Why        Code  // why what could be media goes as a document: CodeFileTooLarge, CodeFileUnreadable; "" for no reason
}

// As is the form that a person chose. A file that can't go as a document goes as it goes by itself.
func (a Attachment) As(document bool) Form {
	if document && a.Document != nil {
		return *a.Document
	}
	return a.Form
}

// AttachmentHints is what the page that shows a file knows of it and the bytes do not tell in plain.
type AttachmentHints struct {
	Voice    bool   // it was recorded here, as a voice note
	Waveform []byte // its loudness from 0 to 100, at most MaxWaveform values
	Seconds  int    // how long it plays, 0 if unknown
}

// Composed is a message ready to go. What it shows is part of it, because both come from the same choice.
type Composed struct {
	WAID    string
	Payload []byte // waE2E.Message; of a file without where it lies on WhatsApp's hosts
	Kind    MessageKind
	Text    string
	Content *Content // nil where the words are all there is
	Media   *Media   // what is here of its file, nil for none
}

// UploadJob is the file of a message that has to be on WhatsApp's hosts before the message goes.
type UploadJob struct {
	Message MessageID
	Ref     DeviceRef // by which it goes
	Kind    MessageKind
	Payload []byte
	SHA256  string // of the content, in hex
	Size    int64  // bytes
	Tries   int    // that failed so far
}

// Uploaded is what is kept of a file that is on WhatsApp's hosts.
type Uploaded struct {
	Payload []byte // final
	Key     FileKey
}

// UploadProgress is how far the file of a message is.
type UploadProgress struct {
	Message MessageID
	Sent    int64 // bytes
	Size    int64
}

// Written is what somebody wrote in a message: a document without words is only called by its name.
func (m Message) Written() string {
	if m.Content != nil && m.Content.File != nil && m.Text == m.Content.File.Name {
		return ""
	}
	return m.Text
}

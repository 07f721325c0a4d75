package domain

import (
	"io"
	"io/fs"
	"time"
)

// MaxMediaBytes is how large a file may be that is fetched, in bytes.
const MaxMediaBytes = 100 << 20

// Codes of why the file of a message is not here.
const (
	CodeMediaGone     Code = "media_gone"      // neither WhatsApp nor the phone has it
	CodeMediaBroken   Code = "media_broken"    // what WhatsApp has is not what the message names
	CodeMediaTooLarge Code = "media_too_large" // larger than is fetched
	CodeMediaSilent   Code = "media_silent"    // WhatsApp has it no more, and the phone that may have it does not answer
	CodeMediaFailed   Code = "media_failed"    // it could not be fetched this time
)

// MediaState is how far the file of a message is.
type MediaState string

// The states. That nobody has asked for a file is "".
const (
	MediaWanted  MediaState = "wanted" // it is being fetched, or waits for its device or for the next try
	MediaHere    MediaState = "here"
	MediaGone    MediaState = "gone"    // nobody has it any more; it can be asked for again
	MediaRefused MediaState = "refused" // it is not what the message names, or too large
)

// Media is what is here of a message's file.
type Media struct {
	State     MediaState
	Why       Code   // of what is gone or refused
	SHA256    string // in hex, of what is here: its name on disk
	Size      int64  // bytes, of what is here
	Type      string // of what is here, by its content; see media.Sniff
	Thumbnail bool   // the message brought a small picture
}

// MediaJob is a file that is to be fetched.
type MediaJob struct {
	Ref      DeviceRef // by which it is fetched: one that carried the message
	Message  MessageID
	WAID     string
	Kind     MessageKind
	Chat     Peer
	Sender   Peer // who wrote it; empty of ours
	FromMe   bool
	File     File
	Asked    bool  // by a person
	AtOnce   int64 // how large it may be else, in bytes
	Attempts int   // that failed so far
}

// Limit is how large the file may be, in bytes.
func (j MediaJob) Limit() int64 {
	if j.Asked {
		return MaxMediaBytes
	}
	return j.AtOnce
}

// FetchPolicy says which files of a subaccount are fetched as they come; the others are when somebody asks for them.
type FetchPolicy struct {
	Pictures  bool // and stickers
	Voice     bool
	Videos    bool  // and GIFs
	Documents bool  // and audio files
	Max       int64 // bytes of the largest, 1 to MaxMediaBytes
}

// Valid reports whether a policy can be kept.
func (p FetchPolicy) Valid() bool { return p.Max > 0 && p.Max <= MaxMediaBytes }

// Fetches reports whether a file that comes in a message of a kind is fetched without being asked for.
func (p FetchPolicy) Fetches(kind MessageKind, f *File) bool {
	if f == nil || f.Size <= 0 || f.Size > p.Max {
		return false
	}
	switch kind {
	case KindImage, KindSticker:
		return p.Pictures
	case KindVoice:
		return p.Voice
	case KindVideo, KindGIF:
		return p.Videos
	case KindDocument, KindAudio:
		return p.Documents
	default:
		return false
	}
}

// MediaFile is what a file is fetched into: it is written as it comes, and decrypted in place. Writing ends with an error of
// CodeMediaTooLarge when there is more than is taken.
type MediaFile interface {
	io.ReadWriteSeeker
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Stat() (fs.FileInfo, error)
}

// OpenMedia is the file of a message, open for reading. Who has it closes it.
type OpenMedia struct {
	Media
	Name string    // as its sender named it, "" for none; it is no path and may hold anything
	At   time.Time // of the message
	File io.ReadSeekCloser
}

package domain

import (
	"slices"
	"time"
)

// CodeMediaCleared says of a file that it was here and was removed to make room. Its message stays, and it can be asked for again.
const CodeMediaCleared Code = "media_cleared"

// KeptFile is a content that is kept for a subaccount: one file, however many messages have it.
type KeptFile struct {
	Subaccount   SubaccountID
	SHA256       string         // in hex
	Size         int64          // bytes
	Kind         MessageKind    // of its newest message, as the next two
	Conversation ConversationID // where it was last seen
	Newest       time.Time
	Messages     int  // that have it
	Waiting      bool // one of them has not been sent yet
}

// CleanRule says which files may go. The zero value keeps everything.
type CleanRule struct {
	OlderThan time.Duration // those whose newest message is older; 0 for no limit
	MaxBytes  int64         // the oldest, until the rest is not larger; 0 for no limit
}

// Set reports whether anything may go by the rule.
func (r CleanRule) Set() bool { return r != CleanRule{} }

// Choose returns the files that go, the oldest first. One that is still to be sent never goes, and counts.
func (r CleanRule) Choose(files []KeptFile, now time.Time) []KeptFile {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	oldest := slices.Clone(files)
	slices.SortStableFunc(oldest, func(a, b KeptFile) int { return a.Newest.Compare(b.Newest) })
	var out []KeptFile
	for _, f := range oldest {
		old := r.OlderThan > 0 && f.Newest.Before(now.Add(-r.OlderThan))
		much := r.MaxBytes > 0 && total > r.MaxBytes
		if (old || much) && !f.Waiting {
			out = append(out, f)
			total -= f.Size
		}
	}
	return out
}

// Cleanup is what goes by a rule, or went.
type Cleanup struct {
	Files int
	Bytes int64
	Most  []CleanupShare // the conversations with the most, at most MaxCleanupShares
}

// MaxCleanupShares is how many conversations a Cleanup names.
const MaxCleanupShares = 5

// CleanupShare is what goes of a conversation.
type CleanupShare struct {
	Conversation ConversationID
	Title        string // contact's name or number, a group's name
	Files        int
	Bytes        int64
}

// SumCleanup counts files that go. Titles are left to the caller.
func SumCleanup(files []KeptFile) Cleanup {
	var out Cleanup
	at := map[ConversationID]int{}
	for _, f := range files {
		out.Files++
		out.Bytes += f.Size
		i, known := at[f.Conversation]
		if !known {
			i = len(out.Most)
			at[f.Conversation] = i
			out.Most = append(out.Most, CleanupShare{Conversation: f.Conversation})
		}
		out.Most[i].Files++
		out.Most[i].Bytes += f.Size
	}
	slices.SortStableFunc(out.Most, func(a, b CleanupShare) int { return int(b.Bytes - a.Bytes) })
	out.Most = out.Most[:min(len(out.Most), MaxCleanupShares)]
	return out
}

// FileClass groups files as people count them.
type FileClass string

// The classes.
const (
	ClassPictures  FileClass = "pictures"
	ClassVideos    FileClass = "videos"
	ClassVoice     FileClass = "voice"
	ClassDocuments FileClass = "documents"
)

// ClassOf returns the class of a message's file.
func ClassOf(kind MessageKind) FileClass {
	switch kind {
	case KindImage, KindSticker:
		return ClassPictures
	case KindVideo, KindGIF:
		return ClassVideos
	case KindVoice, KindAudio:
		return ClassVoice
	default:
		return ClassDocuments
	}
}

// FileUse is how much the files of a subaccount take, in bytes by class.
type FileUse struct {
	Subaccount SubaccountID
	Bytes      map[FileClass]int64
	Rule       CleanRule // by which it is cleaned each day
}

// FolderUse is how much the rest of a workspace takes, in bytes, and what is free on its disk.
type FolderUse struct {
	Messages int64 // the database
	Backups  int64
	Sessions int64
	Free     int64 // negative where nobody knows
}

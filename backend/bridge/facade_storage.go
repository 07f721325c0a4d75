package bridge

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// Storage answers what the workspace takes, and makes room.
type Storage struct{ gate *gate }

// Space tells what files take, and removes those that may go.
type Space interface {
	Use(ctx context.Context) ([]domain.FileUse, domain.FolderUse, error)
	// Try returns what would go. Errors: invalid.
	Try(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) (domain.Cleanup, error)
	// Clear removes it, and returns what went. Errors: invalid.
	Clear(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) (domain.Cleanup, error)
	// SetRule has it done each day. Errors: not_found; invalid.
	SetRule(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) error
}

// StorageUse is what a workspace takes on its disk, in bytes.
type StorageUse struct {
	Subaccounts []FileUse `json:"subaccounts"`
	Messages    int64     `json:"messages"`
	Backups     int64     `json:"backups"`
	Sessions    int64     `json:"sessions"`
	Free        int64     `json:"free"` // on the disk; negative where nobody knows
}

// FileUse is what the files of a subaccount take, in bytes.
type FileUse struct {
	Subaccount int64     `json:"subaccount"`
	Pictures   int64     `json:"pictures"`
	Videos     int64     `json:"videos"`
	Voice      int64     `json:"voice"`
	Documents  int64     `json:"documents"`
	Rule       CleanRule `json:"rule"` // by which they are cleaned up each day
}

// CleanRule says which files may go; zeros keep everything.
type CleanRule struct {
	Days  int64 `json:"days"`  // those whose newest message is older
	Bytes int64 `json:"bytes"` // the oldest, until the rest is not larger
}

// Cleanup is what goes, or went.
type Cleanup struct {
	Files int            `json:"files"`
	Bytes int64          `json:"bytes"`
	Most  []CleanupShare `json:"most"` // the conversations with the most
}

// CleanupShare is what goes of a conversation.
type CleanupShare struct {
	Conversation int64  `json:"conversation"`
	Title        string `json:"title"`
	Files        int    `json:"files"`
	Bytes        int64  `json:"bytes"`
}

// Use returns what the workspace takes.
func (p *Storage) Use() (StorageUse, error) {
	return ask(p.gate, "Storage.Use", func(ctx context.Context, s Services) (StorageUse, error) {
		files, rest, err := s.Space.Use(ctx)
		return StorageUse{
			Subaccounts: list(files, fileUseOf), Messages: rest.Messages, Backups: rest.Backups, Sessions: rest.Sessions, Free: rest.Free,
		}, err
	})
}

// Try returns what would go by a rule of a subaccount, or of all (0). Nothing goes. Errors: invalid.
func (p *Storage) Try(subaccount int64, rule CleanRule) (Cleanup, error) {
	return ask(p.gate, "Storage.Try", func(ctx context.Context, s Services) (Cleanup, error) {
		out, err := s.Space.Try(ctx, domain.SubaccountID(subaccount), cleanRuleOf(rule))
		return cleanupOf(out), err
	})
}

// Clear removes what goes by a rule of a subaccount, or of all (0), and returns what went. The messages stay. Errors: invalid.
func (p *Storage) Clear(subaccount int64, rule CleanRule) (Cleanup, error) {
	return ask(p.gate, "Storage.Clear", func(ctx context.Context, s Services) (Cleanup, error) {
		out, err := s.Space.Clear(ctx, domain.SubaccountID(subaccount), cleanRuleOf(rule))
		return cleanupOf(out), err
	})
}

// SetRule says by what rule the files of a subaccount are cleaned up each day; zeros keep everything. Errors: not_found; invalid.
func (p *Storage) SetRule(subaccount int64, rule CleanRule) error {
	return tell(p.gate, "Storage.SetRule", func(ctx context.Context, s Services) error {
		return s.Space.SetRule(ctx, domain.SubaccountID(subaccount), cleanRuleOf(rule))
	})
}

const day = 24 * time.Hour

func cleanRuleOf(r CleanRule) domain.CleanRule {
	const century = 36500 // beyond it a span of time would wrap around
	return domain.CleanRule{OlderThan: time.Duration(min(max(r.Days, -1), century)) * day, MaxBytes: r.Bytes}
}

func fileUseOf(u domain.FileUse) FileUse {
	return FileUse{
		Subaccount: int64(u.Subaccount), Pictures: u.Bytes[domain.ClassPictures], Videos: u.Bytes[domain.ClassVideos],
		Voice: u.Bytes[domain.ClassVoice], Documents: u.Bytes[domain.ClassDocuments],
		Rule: CleanRule{Days: int64(u.Rule.OlderThan / day), Bytes: u.Rule.MaxBytes},
	}
}

func cleanupOf(c domain.Cleanup) Cleanup {
	return Cleanup{Files: c.Files, Bytes: c.Bytes, Most: list(c.Most, func(s domain.CleanupShare) CleanupShare {
		return CleanupShare{Conversation: int64(s.Conversation), Title: oneLine(s.Title), Files: s.Files, Bytes: s.Bytes}
	})}
}

package media

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
)

// Files are cleaned up by their subaccounts' rules once the start is over, and then each day.
const (
	firstCleanup = 15 * time.Minute
	nextCleanup  = 24 * time.Hour
)

// CleanStore is what a cleaner needs of the workspace.
type CleanStore interface {
	// KeptFiles returns the contents that are kept for a subaccount, or for all (0).
	KeptFiles(ctx context.Context, sub domain.SubaccountID) ([]domain.KeptFile, error)
	// ClearFiles notes that contents are not here any more, and returns those of which that is so.
	ClearFiles(ctx context.Context, files []domain.KeptFile) ([]domain.KeptFile, error)
	// FileRules returns by what rules files are cleaned up each day.
	FileRules(ctx context.Context) (map[domain.SubaccountID]domain.CleanRule, error)
	// SetFileRule says by what rule the files of a subaccount are cleaned up each day.
	SetFileRule(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) error
	// Conversation returns one conversation.
	Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error)
	// Subaccounts returns every subaccount.
	Subaccounts(ctx context.Context) ([]domain.Subaccount, error)
}

// CleanConfig is what a cleaner is built from.
type CleanConfig struct {
	Store CleanStore
	// Swept says that contents may be named by no message any more; the files go then.
	Swept func()
	// Folders measures what the rest of the workspace takes.
	Folders func() domain.FolderUse
	Now     func() time.Time
	Logger  zerolog.Logger
}

// Cleaner tells what files take, and removes those that may go. A message whose file went stays, and its file can be asked for again. Its
// methods may be called from any goroutine.
type Cleaner struct{ c CleanConfig }

// NewCleaner makes a cleaner. Nothing goes by itself before Run.
func NewCleaner(c CleanConfig) *Cleaner { return &Cleaner{c: c} }

// Run cleans up by the subaccounts' rules each day until ctx ends.
func (c *Cleaner) Run(ctx context.Context) error {
	timer := time.NewTimer(firstCleanup)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
		c.byRules(ctx)
		timer.Reset(nextCleanup)
	}
}

func (c *Cleaner) byRules(ctx context.Context) {
	rules, err := c.c.Store.FileRules(ctx)
	for sub, rule := range rules {
		var gone domain.Cleanup
		if gone, err = c.Clear(ctx, sub, rule); err != nil {
			break
		}
		if gone.Files > 0 {
			c.c.Logger.Info().Int64("subaccount", int64(sub)).Int("files", gone.Files).Int64("bytes", gone.Bytes).Msg("files were cleaned up")
		}
	}
	if err != nil && ctx.Err() == nil {
		c.c.Logger.Warn().Str("code", string(domain.CodeOf(err))).Msg("files could not be cleaned up")
	}
}

// Try returns what would go by a rule of one subaccount, or of all (0). Nothing goes.
func (c *Cleaner) Try(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) (domain.Cleanup, error) {
	chosen, err := c.choose(ctx, sub, rule)
	if err != nil {
		return domain.Cleanup{}, err
	}
	return c.named(ctx, domain.SumCleanup(chosen))
}

// Clear removes what goes by a rule of one subaccount, or of all (0), and returns what went. It is noted before the first file goes: what a crash
// leaves is removed at the next start.
func (c *Cleaner) Clear(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) (domain.Cleanup, error) {
	chosen, err := c.choose(ctx, sub, rule)
	if err != nil {
		return domain.Cleanup{}, err
	}
	gone, err := c.c.Store.ClearFiles(ctx, chosen)
	if len(gone) > 0 {
		c.c.Swept()
	}
	if err != nil {
		return domain.Cleanup{}, err
	}
	return c.named(ctx, domain.SumCleanup(gone))
}

func (c *Cleaner) choose(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) ([]domain.KeptFile, error) {
	if rule.OlderThan < 0 || rule.MaxBytes < 0 || !rule.Set() {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "A rule has an age or a size.", Detail: map[string]string{"field": "rule"}}
	}
	files, err := c.c.Store.KeptFiles(ctx, sub)
	if err != nil {
		return nil, err
	}
	return rule.Choose(files, c.c.Now()), nil
}

// named adds what the conversations are called.
func (c *Cleaner) named(ctx context.Context, sum domain.Cleanup) (domain.Cleanup, error) {
	for i := range sum.Most {
		found, err := c.c.Store.Conversation(ctx, sum.Most[i].Conversation)
		if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			return domain.Cleanup{}, err
		}
		sum.Most[i].Title = found.Title
		if found.Title == "" && found.Peer.Number != "" {
			sum.Most[i].Title = "+" + found.Peer.Number
		}
	}
	return sum, nil
}

// SetRule says by what rule the files of a subaccount are cleaned up each day, in whole days; the zero rule keeps everything. Errors: not_found;
// invalid.
func (c *Cleaner) SetRule(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) error {
	if rule.OlderThan < 0 || rule.MaxBytes < 0 {
		return &domain.Error{Code: domain.CodeInvalid, Message: "An age or a size is not negative.", Detail: map[string]string{"field": "rule"}}
	}
	return c.c.Store.SetFileRule(ctx, sub, rule)
}

// Use returns what the files of each subaccount take, and what the rest of the workspace does.
func (c *Cleaner) Use(ctx context.Context) ([]domain.FileUse, domain.FolderUse, error) {
	subaccounts, err := c.c.Store.Subaccounts(ctx)
	if err != nil {
		return nil, domain.FolderUse{}, err
	}
	rules, err := c.c.Store.FileRules(ctx)
	if err != nil {
		return nil, domain.FolderUse{}, err
	}
	files, err := c.c.Store.KeptFiles(ctx, 0)
	if err != nil {
		return nil, domain.FolderUse{}, err
	}
	out := make([]domain.FileUse, len(subaccounts))
	at := map[domain.SubaccountID]domain.FileUse{}
	for i, s := range subaccounts {
		out[i] = domain.FileUse{Subaccount: s.ID, Bytes: map[domain.FileClass]int64{}, Rule: rules[s.ID]}
		at[s.ID] = out[i]
	}
	for _, f := range files {
		if use, known := at[f.Subaccount]; known {
			use.Bytes[domain.ClassOf(f.Kind)] += f.Size
		}
	}
	return out, c.c.Folders(), nil
}

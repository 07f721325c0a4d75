package bridge

import (
	"context"
	"net/url"
	"slices"
	"time"

	"waflow/backend/domain"
)

// maxNotices is how many notices a snapshot holds.
const maxNotices = 100

// restoreWithin bounds copying and checking a backup: a large one on a slow disk takes minutes.
const restoreWithin = 10 * time.Minute

// App answers what concerns the whole window.
type App struct{ gate *gate }

// Info says what the window is showing. It is the one call that answers even if the workspace could not be opened: Problem tells why.
func (a *App) Info() (AppInfo, error) {
	info, err := ask(a.gate, "App.Info", func(_ context.Context, s Services) (AppInfo, error) {
		info := s.Info
		info.Backups = []Backup{}
		info.ClockWrong = s.ClockWrong != nil && s.ClockWrong()
		return info, nil
	})
	if services, failed := a.gate.state(); err != nil && services == nil && failed.err != nil {
		return failed.info, nil
	}
	return info, err
}

// Restore puts a backup in the place of a damaged database, which is kept, and opens the workspace with it. It is for when App.Info names
// backups. Errors: not_found, database_damaged for a backup that is not whole, those of opening.
func (a *App) Restore(backup string) error {
	_, failed := a.gate.state()
	if failed.repair == nil {
		return asCallError(&domain.Error{Code: domain.CodeConflict, Message: "Nothing has to be restored."})
	}
	ctx, cancel := context.WithTimeout(context.Background(), restoreWithin)
	defer cancel()
	if err := failed.repair(ctx, backup); err != nil {
		return asCallError(err)
	}
	return nil
}

// Snapshot returns everything that the rail, the fleet and the settings show. Batches that begin at its Seq or before complete it.
func (a *App) Snapshot() (Snapshot, error) {
	return ask(a.gate, "App.Snapshot", snapshot)
}

func snapshot(ctx context.Context, s Services) (Snapshot, error) {
	seq := s.Bus.Seq() // before anything is read, so that what changes meanwhile comes again
	fleet, err := s.Fleet.Snapshot(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	unread, err := s.Inbox.Unread(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	settings, err := s.Settings.Get(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	rest, err := s.Sleep.Rest(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	history, err := s.Past.Progress(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	var notices []domain.Notice
	var read int64
	if s.Notices != nil {
		if notices, read, err = s.Notices.Newest(ctx, maxNotices); err != nil {
			return Snapshot{}, err
		}
	}
	return Snapshot{
		Seq:         seq,
		Subaccounts: list(fleet.Subaccounts, subaccountOf),
		Devices:     list(fleet.Devices, deviceOf),
		Removed:     list(fleet.Removed, removedOf),
		Unread:      list(unread, unreadOf),
		Settings:    preferencesOf(settings),
		Rest:        restOf(rest),
		Pairings:    list(fleet.Pairings, pairingOf),
		Notices:     list(notices, noticeOf),
		NoticesRead: read,
		History:     list(history, historyOf),
	}, nil
}

// ReadNotices marks every notice up to an id as read.
func (a *App) ReadNotices(upTo int64) error {
	return tell(a.gate, "App.ReadNotices", func(ctx context.Context, s Services) error {
		if s.Notices == nil {
			return nil
		}
		return s.Notices.Read(ctx, upTo)
	})
}

// OpenLink opens an address outside the window: https, mailto and tel only. Errors: invalid.
func (a *App) OpenLink(address string) error {
	return tell(a.gate, "App.OpenLink", func(_ context.Context, s Services) error {
		if !harmless(address) {
			return &domain.Error{Code: domain.CodeInvalid, Message: "Only web, mail and phone links are opened.", Detail: map[string]string{"field": "url"}}
		}
		if s.OpenURL == nil {
			return &domain.Error{Code: domain.CodeConflict, Message: "The browser opens links by itself.", Detail: map[string]string{"why": "browser"}}
		}
		return s.OpenURL(address)
	})
}

// harmless tells whether an address may be given to the system: other schemes start programs.
func harmless(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > 2048 {
		return false
	}
	if u.Scheme == "https" {
		return u.Host != "" && u.User == nil
	}
	return slices.Contains([]string{"mailto", "tel"}, u.Scheme)
}

// OpenDemo opens the demo workspace in a window of its own. Errors: conflict where that can't be done.
func (a *App) OpenDemo() error {
	return tell(a.gate, "App.OpenDemo", func(_ context.Context, s Services) error {
		if s.OpenDemo == nil {
			return &domain.Error{
				Code:    domain.CodeConflict,
				Message: "The demo opens in its own window. Start it with: waflow --demo",
				Detail:  map[string]string{"why": "browser"},
			}
		}
		return s.OpenDemo()
	})
}

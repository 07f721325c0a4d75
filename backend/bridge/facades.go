package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Facades are everything that the interface may call. They exist before the engine does, so that the window can bind them: until Attach or
// Fail, every call waits, half a minute at most. Their methods may be called from any goroutine.
type Facades struct {
	gate *gate
	all  []any
}

// NewFacades returns facades that are not attached to an engine yet.
func NewFacades() *Facades {
	g := newGate()
	return &Facades{gate: g, all: []any{&App{g}, &Fleet{g}, &Timeline{g}, &Proxies{g}, &Pairing{g}, &Inbox{g}, &Messages{g}, &Contacts{g}, &Past{g}, &Search{g}, &Attachments{g}, &Storage{g}, &Settings{g}, &Sleep{g}, &Desktop{g}, &Demo{g}}}
}

// Attach lets the calls through to an open engine, also after Fail. The first one counts.
func (f *Facades) Attach(s Services) { f.gate.attach(s) }

// Fail says that the engine could not be opened: App.Info tells why, and every other call answers the same problem. With repair, App.Restore
// puts one of the backups in place and attaches an engine; nil where that can't be done.
func (f *Facades) Fail(info AppInfo, err error, backups []domain.Backup, repair func(ctx context.Context, backup string) error) {
	problem := problemOf(err)
	info.Problem = &problem
	info.Backups = list(backups, func(b domain.Backup) Backup { return Backup{Name: b.Name, At: ms(b.At)} })
	if len(backups) == 0 {
		repair = nil
	}
	f.gate.fail(failure{info: info, err: err, repair: repair})
}

// All returns the facades as the window binds them: pointers to App, Fleet, Timeline, Proxies, Pairing, Inbox, Messages, Contacts, Past, Search,
// Attachments, Storage, Settings, Sleep, Desktop and Demo.
func (f *Facades) All() []any { return append([]any(nil), f.all...) }

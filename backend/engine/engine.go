package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/demo"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/fleet"
	"waflow/backend/gaps"
	"waflow/backend/history"
	"waflow/backend/host"
	"waflow/backend/inbox"
	"waflow/backend/ingest"
	"waflow/backend/media"
	"waflow/backend/notify"
	"waflow/backend/older"
	"waflow/backend/outbox"
	"waflow/backend/panics"
	"waflow/backend/pool"
	"waflow/backend/proxies"
	"waflow/backend/settings"
	"waflow/backend/sleep"
	"waflow/backend/store"
	"waflow/backend/timeline"
	"waflow/backend/whatsapp"
)

// Engine is an open workspace with everything that runs in it.
type Engine struct {
	options Options
	log     zerolog.Logger
	closers []io.Closer // closed in reverse order

	bus      *events.Bus
	endpoint whatsapp.Endpoint
	service  *whatsapp.Service
	store    *store.Store
	pool     *pool.Pool
	ingest   *ingest.Ingest
	again    *ingest.Rereader
	outbox   *outbox.Outbox
	history  *history.Worker
	files    *media.Files
	media    *media.Library
	cleaner  *media.Cleaner
	older    *older.Asker
	gaps     *gaps.Worker
	fleet    *fleet.Fleet
	timeline *timeline.Timeline
	proxies  *proxies.Proxies
	inbox    *inbox.Inbox
	past     *inbox.Past
	settings *settings.Settings
	sleep    *sleep.Sleep
	notices  *notices
	notify   *notify.Notifier
	demo     *demo.Demo  // nil outside the demo
	renewed  atomic.Bool // a version of WhatsApp was looked up that has let no device in yet
	ended    time.Time   // when the run before this one ended; zero if there was none
}

// Open takes the data directory, opens what is in it and builds the engine; nothing connects before Run. Everything it opened is closed
// again if it fails. Errors are *domain.Error: storage_read_only, already_running, synced_folder, other_kind, database_newer,
// database_damaged, endpoint_refused.
func Open(ctx context.Context, options Options) (*Engine, error) {
	e := &Engine{options: options, bus: events.NewBus(events.Limits{})}
	if err := e.open(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context) error {
	if err := e.chooseEndpoint(); err != nil {
		return err
	}
	if err := e.openDirectory(); err != nil {
		return err
	}
	if err := e.openWhatsApp(); err != nil {
		return err
	}
	if err := e.openStore(ctx); err != nil {
		return err
	}
	if err := e.openFiles(); err != nil {
		return err
	}
	e.connect()
	if e.demo != nil {
		return e.demo.Fill(ctx, e.fleet)
	}
	return nil
}

// openDirectory takes the data directory for this process and begins the log in it.
func (e *Engine) openDirectory() error {
	dir := e.options.Dir
	if err := store.CheckDir(dir); err != nil {
		return err
	}
	lock, err := store.Lock(dir)
	if err != nil {
		return err
	}
	e.closers = append(e.closers, lock)
	if err := claimKind(dir, e.options.Kind); err != nil {
		return err
	}
	if e.options.Kind == Demo {
		if err := beginAnew(dir); err != nil {
			return err
		}
	}
	if e.options.Log != nil {
		e.log = logTo(e.options.Log, e.options.now())
		return nil
	}
	log, file := newLog(dir, e.options.now())
	e.log = log
	e.closers = append(e.closers, file)
	return nil
}

// openStore opens the database and clears away what a crash left of links that were never confirmed.
func (e *Engine) openStore(ctx context.Context) error {
	opened, err := store.Open(ctx, store.Options{
		Dir: e.options.Dir, Now: e.options.Now, Logger: e.log, Committed: e.committed, Defaults: e.options.defaults(),
	})
	if err != nil {
		return err
	}
	e.store = opened
	e.closers = append(e.closers, opened)
	if _, err := opened.ReleaseOpenLinks(ctx); err != nil {
		return err
	}
	e.useKeptVersion(ctx)
	links, err := opened.ActiveLinks(ctx)
	if err != nil {
		return err
	}
	return keepSessions(e.sessions(), links)
}

// committed tells the interface what a write changed. The store calls it in the order of its commits, so that nothing older is told
// after something newer. Before the parts are connected nobody listens.
func (e *Engine) committed(c domain.Changed) {
	if e.fleet == nil {
		return
	}
	e.fleet.ShowDevices(c.Devices)
	for _, d := range c.Devices {
		e.notify.Device(d)
	}
	e.fleet.HideDevices(c.DevicesGone)
	for _, ref := range c.DevicesGone {
		e.notify.Removed(ref)
	}
	if forgets(c) {
		e.media.Forgotten()
	}
	c.Devices, c.DevicesGone = nil, nil
	e.bus.Publish(events.Changed(c)...)
}

// connect builds the parts and ties them together. No part knows another; each gets what it needs as a function or a small interface.
func (e *Engine) connect() {
	e.notices = newNotices(e.store, e.bus, e.log)
	e.notify = notify.NewNotifier(notify.Config{Now: e.options.now(), Show: e.notices.add, Keep: e.notices.keepUntold})
	e.ingest = ingest.New(e.store, e.options.now())
	e.again = ingest.NewRereader(e.store, whatsapp.Reader{}, e.log)
	e.pool = pool.New(pool.Config{
		Open: func(ctx context.Context, file string, h domain.SessionHandlers) (pool.Client, error) {
			return e.service.Open(ctx, file, h)
		},
		Sessions: e.sessions(),
		Links:    e.store,
		Receive:  e.receive,
		Journal:  e.journal,
		Detail:   e.detail,
		Unkept:   e.unwritten,
		Pairing:  func(step domain.PairingStep) { e.fleet.ShowPairing(step) },
		Signs:    e.store,
		Synced:   func(id domain.DeviceID) { e.gaps.Synced(id) },
		Ready:    e.ready,
		Slept:    func(ctx context.Context, slept domain.Sleep) error { return e.sleep.Keep(ctx, slept) },
		Ended:    func() time.Time { return e.ended },
		Renew:    e.renewVersion,
		Proxy:    e.store.Proxy,
		Now:      e.options.now(),
		Logger:   e.log,
		Seed:     uint64(e.options.now()().UnixNano()),
		Gate:     e.gate(),
	})
	e.history = history.New(history.Config{Store: e.store, Devices: e.pool, Keep: e.keepPast, Logger: e.log})
	e.media = media.New(media.Config{Store: e.store, Devices: e.pool, Files: e.files, Now: e.options.now(), Mark: host.MarkForeign, Logger: e.log})
	e.outbox = outbox.New(outbox.Config{
		Store: e.store, Sender: e.pool, Uploader: e.media, Progress: e.uploading, Slept: e.pool.NoticeSleep, Late: func(ctx context.Context) { e.sleep.Tell(ctx) },
		Now: e.options.now(), Logger: e.log,
	})
	e.cleaner = media.NewCleaner(media.CleanConfig{
		Store: e.store, Swept: e.media.Forgotten, Folders: e.folderUse, Now: e.options.now(), Logger: e.log,
	})
	e.older = older.New(e.pool)
	e.gaps = gaps.New(gaps.Config{
		Store: e.store, Phones: e.older, Logger: e.log, Tell: func(g domain.Gap) { e.bus.Publish(events.Gap(g)) },
	})
	e.fleet = fleet.New(e.store, e.pool, e.bus, e.notify.Subaccount)
	e.timeline = timeline.New(e.store, e.options.now())
	e.proxies = proxies.New(e.store, e.service, e.pool)
	e.inbox = inbox.New(e.store, e.outbox, e.service, e.outbox, e.media, e.options.now())
	e.past = inbox.NewPast(e.store, e.older, e.history.Wake)
	e.sleep = sleep.New(sleep.Config{Store: e.store, Outbox: e.outbox, Computer: e.options.system(), Bus: e.bus, Logger: e.log})
	e.settings = settings.New(e.store, e.bus, e.configure)
}

// configure has the parts that act by the settings know them.
func (e *Engine) configure(s domain.Settings) {
	e.notify.Configure(s)
	e.sleep.Configure(s)
}

// receive keeps what a device received. The history that a notice is about can be fetched once the notice is kept.
func (e *Engine) receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	err := e.ingest.Receive(ctx, ref, in)
	if err == nil && in.History != nil && in.History.WAID != "" {
		e.history.Wake(ref.Device)
	}
	if err == nil && in.Message != nil && in.Message.Content != nil && in.Message.Content.File != nil {
		e.media.Wake(ref.Device)
	}
	return err
}

// keepPast keeps a part of what a phone handed over, and tells who asked for it once it is on disk.
func (e *Engine) keepPast(ctx context.Context, ref domain.DeviceRef, past domain.Past) error {
	if err := e.ingest.KeepPast(ctx, ref, past); err != nil {
		return err
	}
	if past.Answer != nil {
		e.older.Answered(*past.Answer)
	}
	return nil
}

// ready gives a device that has connected what waits for it.
func (e *Engine) ready(id domain.DeviceID) {
	e.outbox.Wake(id)
	e.history.Wake(id)
	e.media.Wake(id)
}

// gate is how fast devices dial. WhatsApp should not see a burst; nobody minds one in the demo, and somebody waits for it to begin.
func (e *Engine) gate() pool.Gate {
	if e.demo != nil {
		return pool.Gate{AtOnce: 8, PerSecond: 200}
	}
	return pool.Gate{}
}

// journal writes a change of state down before anyone is told of it.
func (e *Engine) journal(ctx context.Context, change domain.StateChange) error {
	if err := e.fleet.Record(ctx, change); err != nil {
		return err
	}
	e.timeline.Changed(change)
	e.gaps.Changed(ctx, change)
	e.notify.Changed(change)
	e.keepVersion(ctx, change)
	return nil
}

// detail tells what has no row in the history: when the next try is, a percentage.
func (e *Engine) detail(ref domain.DeviceRef, state domain.DeviceState) {
	e.fleet.ShowDetail(ref, state)
	e.notify.Changed(domain.StateChange{Ref: ref, To: state})
}

// unwritten tells a state that the disk does not take.
func (e *Engine) unwritten(ref domain.DeviceRef, state domain.DeviceState) {
	e.fleet.ShowUnwritten(ref, state)
	e.notify.Changed(domain.StateChange{Ref: ref, To: state})
}

// Run connects the devices and keeps everything going until ctx ends. It returns the first failure, or nil.
func (e *Engine) Run(ctx context.Context) error {
	begin := context.WithoutCancel(ctx) // short reads: to be told to end before it began is no failure
	current, err := e.store.Settings(begin)
	if err != nil {
		return err
	}
	e.configure(current)
	if err := e.addDevices(begin); err != nil {
		return err
	}
	ended, err := e.store.LastAlive(begin)
	if err != nil {
		return err
	}
	e.ended = ended
	parts := []part{
		{"record of running", e.keepAlive},
		{"outbox", e.outbox.Run},
		{"history", e.history.Run},
		{"reading again", e.again.Run},
		{"files", e.media.Run},
		{"gaps", e.gaps.Run},
		{"devices", e.pool.Run},
		{"notifications", e.notify.Run},
		{"sleep", e.sleep.Run},
		{"computer", e.watchComputer},
		{"backups", e.keepBackups},
		{"clean-up", e.cleaner.Run},
	}
	if e.demo != nil {
		parts = append(parts, part{"simulated phones", e.demo.Run})
	}
	return runInOrder(ctx, e.log, parts)
}

// addDevices hands every device to the pool, with its session file if it is linked.
func (e *Engine) addDevices(ctx context.Context) error {
	devices, err := e.store.Devices(ctx)
	if err != nil {
		return err
	}
	links, err := e.store.ActiveLinks(ctx)
	if err != nil {
		return err
	}
	files := make(map[domain.DeviceID]string, len(links))
	for _, link := range links {
		files[link.Ref.Device] = link.File
	}
	subaccounts, err := e.store.Subaccounts(ctx)
	if err != nil {
		return err
	}
	untold, err := e.store.Untold(ctx)
	if err != nil {
		return err
	}
	for _, s := range subaccounts {
		e.notify.Subaccount(s)
	}
	for _, d := range devices {
		e.notify.Known(d, slices.Contains(untold, d.Ref.Device))
		e.pool.Add(d, files[d.Ref.Device])
	}
	return nil
}

// Close closes what Open opened, last first. Run has to have returned.
func (e *Engine) Close() error {
	var errs []error
	for i := len(e.closers) - 1; i >= 0; i-- {
		errs = append(errs, e.closers[i].Close())
	}
	e.closers = nil
	return errors.Join(errs...)
}

// Bus returns the bus that every change is published on.
func (e *Engine) Bus() *events.Bus { return e.bus }

// Logger returns the workspace's log.
func (e *Engine) Logger() zerolog.Logger { return e.log }

// part is something that runs until its context ends.
type part struct {
	name string
	run  func(context.Context) error
}

// runInOrder starts the parts in order and stops them in reverse: each part is only told to end once those after it have ended.
func runInOrder(ctx context.Context, log zerolog.Logger, parts []part) error {
	failed := make(chan error, len(parts))
	stops := make([]func(), len(parts))
	for i, p := range parts {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		var wait sync.WaitGroup
		wait.Go(func() {
			panics.Part(own, log, p.name, func() {
				if err := p.run(own); err != nil && own.Err() == nil {
					failed <- fmt.Errorf("%s: %w", p.name, err)
				}
			})
		})
		stops[i] = func() {
			began := time.Now()
			cancel()
			wait.Wait()
			log.Info().Str("part", p.name).Dur("took", time.Since(began)).Msg("stopped")
		}
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	for i := len(stops) - 1; i >= 0; i-- {
		stops[i]()
	}
	return err
}

package desktop

import (
	"context"
	"slices"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/host/trayicon"
	"waflow/backend/panics"
	"waflow/backend/tray"
)

const (
	// settle is how long changes gather before the icon is drawn again.
	settle = 250 * time.Millisecond
	// pause is how long the menu holds notifications back.
	pause = time.Hour
)

// Run shows the icon and keeps it in line with the fleet until ctx ends. A system without a tray is no error: then Run does the rest.
func (d *Desktop) Run(ctx context.Context) error {
	feed := d.c.Bus.Subscribe(ctx) // before the first look, which misses nothing then
	d.look(ctx)
	icon, err := trayicon.Open(trayicon.Options{
		ID: "waflow", Title: d.c.Program, Look: d.picture(),
		Opened: d.Show, Chosen: d.choose, Present: d.seen, Logger: d.c.Logger,
	})
	if err != nil {
		d.c.Logger.Info().Err(err).Msg("there is no tray")
		icon = nil
	}
	var follower sync.WaitGroup
	follower.Go(func() { panics.Part(ctx, d.c.Logger, "tray", func() { d.follow(ctx, feed) }) })
	defer follower.Wait()
	panics.Part(ctx, d.c.Logger, "tray", func() { d.work(ctx, icon) })
	d.leave()
	if icon != nil {
		icon.Close()
	}
	return nil
}

// work draws the icon anew after changes and does what is chosen in its menu, until ctx ends.
func (d *Desktop) work(ctx context.Context, icon *trayicon.Icon) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var drawn time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-d.chosen:
			d.do(ctx, e)
			continue
		case <-d.poke:
			timer.Reset(max(0, settle-time.Since(drawn)))
			continue
		case <-timer.C:
		}
		drawn = time.Now()
		d.rescue()
		d.look(ctx)
		if icon != nil {
			icon.Show(d.picture())
		}
		if next := d.next(); !next.IsZero() {
			timer.Reset(max(0, next.Sub(d.c.Now())))
		}
	}
}

// follow notices what the icon shows, or goes by, until ctx ends.
func (d *Desktop) follow(ctx context.Context, feed *events.Subscription) {
	for {
		batch, err := feed.Next(ctx)
		if err != nil {
			return
		}
		if batch.Reset || concerns(batch.Changes) {
			d.changed()
		}
	}
}

func concerns(changes []events.Change) bool {
	shown := []events.Topic{events.TopicDevice, events.TopicSubaccount, events.TopicSettings}
	return slices.ContainsFunc(changes, func(c events.Change) bool { return slices.Contains(shown, c.Topic) })
}

// look reads the fleet. What can't be read stays as it was.
func (d *Desktop) look(ctx context.Context) {
	devices, subaccounts, err := d.c.Fleet.Look(ctx)
	if err != nil {
		d.c.Logger.Warn().Err(err).Msg("the tray could not read the fleet")
		return
	}
	settings, err := d.c.Settings.Get(ctx)
	if err != nil {
		d.c.Logger.Warn().Err(err).Msg("the tray could not read the settings")
		return
	}
	now := d.c.Now()
	view := tray.Show(tray.Fleet{
		Program: d.c.Program, Devices: devices, Subaccounts: subaccounts, PausedUntil: settings.NotifyPausedUntil, Now: now,
	}, d.c.Words)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.view, d.wake = view, time.Time{}
	if settings.NotifyPausedUntil.After(now) {
		d.wake = settings.NotifyPausedUntil
	}
}

// picture is the view as the system's icon takes it.
func (d *Desktop) picture() trayicon.Look {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := trayicon.Look{PNG: tray.PNG(d.view.Face), ICO: tray.ICO(d.view.Face), Tooltip: d.view.Tooltip}
	for _, group := range d.view.Menu {
		entries := make([]trayicon.Entry, len(group))
		for i, e := range group {
			entries[i] = trayicon.Entry{ID: e.ID, Label: e.Label, Enabled: e.Deed != tray.DeedNone}
		}
		out.Menu = append(out.Menu, entries)
	}
	return out
}

// next returns when there is something to do without a change; zero for never.
func (d *Desktop) next() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.wake
	if due := d.rescueAt(); !due.IsZero() && (next.IsZero() || due.Before(next)) {
		next = due
	}
	return next
}

// rescueAt is when a hidden window is given up by the tray; zero if nothing has to bring it back. The lock is held.
func (d *Desktop) rescueAt() time.Time {
	if d.hidden.IsZero() || d.present {
		return time.Time{}
	}
	return d.hidden.Add(d.c.Stranded)
}

// rescue brings a hidden window to the task bar when no icon can show it any more.
func (d *Desktop) rescue() {
	d.mu.Lock()
	due := d.rescueAt()
	stranded := !due.IsZero() && !d.c.Now().Before(due)
	if stranded {
		d.hidden = time.Time{}
	}
	d.mu.Unlock()
	if stranded {
		d.c.Window.ShowMinimised()
	}
}

// seen takes in whether people see the icon.
func (d *Desktop) seen(present bool) {
	d.mu.Lock()
	d.present = present
	if !present && !d.hidden.IsZero() {
		d.hidden = d.c.Now()
	}
	d.mu.Unlock()
	d.changed()
}

// choose takes a click on a line of the menu. A line that is not there any more does nothing.
func (d *Desktop) choose(id int32) {
	d.mu.Lock()
	entry, known := d.view.Find(id)
	d.mu.Unlock()
	if !known {
		return
	}
	select {
	case d.chosen <- entry:
	default: // whoever clicks that often gets the last of it
	}
}

// do does what a line of the menu says.
func (d *Desktop) do(ctx context.Context, e tray.Entry) {
	switch e.Deed {
	case tray.DeedOpen:
		d.Show()
		if e.Device != (domain.DeviceRef{}) {
			d.c.Window.OpenDevice(e.Device)
		}
	case tray.DeedPause:
		d.pauseUntil(ctx, d.c.Now().Add(pause).UTC())
	case tray.DeedResume:
		d.pauseUntil(ctx, time.Time{})
	case tray.DeedQuit:
		d.Quit()
	case tray.DeedNone:
	}
}

// pauseUntil holds notifications back until then, or lets them through.
func (d *Desktop) pauseUntil(ctx context.Context, until time.Time) {
	settings, err := d.c.Settings.Get(ctx)
	if err == nil {
		settings.NotifyPausedUntil = until
		_, err = d.c.Settings.Set(ctx, settings)
	}
	if err != nil {
		d.c.Logger.Warn().Err(err).Msg("notifications were not paused or resumed from the tray")
	}
}

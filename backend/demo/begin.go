package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// A new demo begins as a workspace that has been in use for weeks: the phones have a past (past.go), then they link devices, to which they hand
// it over, more is written, and this or that happens to the links. All of it really happens, between the simulator and the application: nothing
// is put into the database from here.

// Workspace is what the demo asks of the application to fill it. Errors are *domain.Error.
type Workspace interface {
	CreateSubaccount(ctx context.Context, name string) (domain.Subaccount, error)
	CreateDevice(ctx context.Context, subaccount domain.SubaccountID, label string, purpose domain.Purpose) (domain.Device, error)
	StartPairing(ctx context.Context, device domain.DeviceID) (domain.PairingStep, error)
	Pause(ctx context.Context, device domain.DeviceID) error
}

// Times that the beginning keeps.
const (
	lookForCode = 5 * time.Millisecond // how often the link dialog is looked at
	takesAtMost = time.Minute          // the beginning as a whole
	pieces      = 2                    // of history that a phone has for a new device: its chats, and the names of people
)

// link is a device of the workspace and the phone that will be linked to it.
type link struct {
	workspace Workspace
	device    domain.DeviceID
	phone     *wasim.Phone
	ends      ending
}

// Fill makes the subaccounts and devices of the demo, none of them linked. Run links them.
func (d *Demo) Fill(ctx context.Context, w Workspace) error {
	c, err := readCast()
	if err != nil {
		return err
	}
	for _, h := range c.Houses {
		subaccount, err := w.CreateSubaccount(ctx, h.Name)
		if err != nil {
			return err
		}
		for _, r := range h.Devices {
			device, err := w.CreateDevice(ctx, subaccount.ID, r.Label, r.Purpose)
			if err != nil {
				return err
			}
			d.links = append(d.links, link{workspace: w, device: device.Ref.Device, phone: d.server.Phone(r.Number), ends: r.Ends})
		}
	}
	return nil
}

// begin plays what has happened before anybody looks.
func (d *Demo) begin(ctx context.Context) error {
	if len(d.links) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, takesAtMost)
	defer cancel()
	stage, err := d.setStage()
	if err != nil {
		return err
	}
	if err := d.linkAll(ctx); err != nil {
		return err
	}
	if err := d.writeOpen(ctx, false); err != nil {
		return err
	}
	if err := stage.play(ctx); err != nil {
		return err
	}
	if err := d.server.WaitFor(ctx, d.arrived); err != nil {
		return err
	}
	if err := d.each(func(l link) error { return d.end(ctx, l) }); err != nil {
		return err
	}
	return d.writeOpen(ctx, true)
}

// arrived tells whether everything that was sent to linked devices is there.
func (d *Demo) arrived() bool {
	for _, l := range d.links {
		for _, device := range l.phone.LinkedDevices() {
			if device.Waiting > 0 {
				return false
			}
		}
	}
	return true
}

// each does something for all links at once.
func (d *Demo) each(do func(link) error) error {
	failed := make([]error, len(d.links))
	var all sync.WaitGroup
	for i, l := range d.links {
		all.Go(func() { failed[i] = do(l) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// writeOpen has the contacts write what nobody has answered yet: all but the last of them while the devices are there, the last one to a device
// that is away after it went.
func (d *Demo) writeOpen(ctx context.Context, away bool) error {
	latest := map[string]time.Time{}
	for _, t := range d.threads {
		if t.device.Ends == endsOffline && len(t.open) > 0 && t.open[0].at.After(latest[t.device.Number]) {
			latest[t.device.Number] = t.open[0].at
		}
	}
	var all []saying
	for _, t := range d.threads {
		if len(t.open) == 0 || t.open[0].at.Equal(latest[t.device.Number]) != away {
			continue
		}
		for _, l := range t.open {
			all = append(all, t.saying(l))
		}
	}
	return d.say(ctx, all)
}

func (t thread) saying(l line) saying {
	if l.out {
		return saying{l, t.device.Number, t.contact.Number}
	}
	return saying{l, t.contact.Number, t.device.Number}
}

func (d *Demo) say(ctx context.Context, all []saying) error {
	slices.SortStableFunc(all, func(a, b saying) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for _, s := range all {
		back := d.clock.at(s.at)
		_, err := d.server.Phone(s.from).SendText(ctx, s.to, s.text)
		back()
		if err != nil {
			return err
		}
	}
	return nil
}

// linkAll has every phone scan the code that is shown for it. The dialogs open all at once and the codes are scanned in order, because the
// application numbers the devices of a subaccount in the order in which they are linked; what the phones hand over then comes to all at once.
func (d *Demo) linkAll(ctx context.Context) error {
	codes := make([]string, len(d.links))
	err := d.each(func(l link) error {
		_, err := l.workspace.StartPairing(ctx, l.device)
		return err
	})
	for i, l := range d.links {
		if err == nil {
			codes[i], err = d.codeOf(ctx, l.device)
		}
	}
	for i, l := range d.links {
		if err == nil {
			err = scan(ctx, l.phone, codes[i])
		}
	}
	if err != nil {
		return err
	}
	return d.server.WaitFor(ctx, func() bool {
		return !slices.ContainsFunc(d.links, func(l link) bool { return !d.greeted(l.phone) })
	})
}

func scan(ctx context.Context, phone *wasim.Phone, code string) error {
	result, err := phone.Scan(ctx, code)
	if err == nil && !result.Linked {
		err = fmt.Errorf("the link was refused: %s", result.RefusedCode)
	}
	return err
}

// codeOf waits for the code in a link dialog.
func (d *Demo) codeOf(ctx context.Context, device domain.DeviceID) (string, error) {
	look := time.NewTicker(lookForCode)
	defer look.Stop()
	for {
		if step, ok := d.config.Shown(device); ok {
			return step.Code, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// greeted tells whether the device of a phone has taken in what its phone tells a new one: it has said of pieces of history that they are
// kept, and nothing waits for it.
func (d *Demo) greeted(phone *wasim.Phone) bool {
	kept := 0
	for _, g := range d.server.Ledger().Deliveries(wasim.Filter{From: phone.Number(), To: phone.Number()}) {
		if g.Acked == 0 {
			return false
		}
		kept += g.Receipts["hist_sync"]
	}
	return kept >= pieces
}

// end lets happen to a device what has happened to it when somebody looks at the demo.
func (d *Demo) end(ctx context.Context, l link) error {
	switch l.ends {
	case endsOffline:
		return d.SetNetwork(ctx, l.phone.Number(), false)
	case endsUnlinked:
		return d.Unlink(ctx, l.phone.Number())
	case endsPaused:
		return l.workspace.Pause(ctx, l.device)
	case endsConnected:
	}
	return nil
}

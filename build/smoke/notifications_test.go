//go:build window

package smoke

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
)

const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

var errNameTaken = errors.New("another notification service runs on this bus")

// notification is one call of Notify, as the desktop's notification service gets it.
type notification struct {
	id      uint32
	summary string
	body    string
	actions []string
}

// desktop stands for the desktop's notification service on the session bus: it keeps what it is told to show, and can
// click on it. The specification is the Desktop Notifications Specification, version 1.2.
type desktop struct {
	bus *dbus.Conn

	mu    sync.Mutex
	shown []notification
	more  chan struct{} // closed and replaced when one is shown
}

func startDesktop() (*desktop, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, err
	}
	d := &desktop{bus: bus, more: make(chan struct{})}
	methods := map[string]any{
		"Notify":               d.notify,
		"CloseNotification":    func(uint32) *dbus.Error { return nil },
		"GetCapabilities":      func() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil },
		"GetServerInformation": serverInformation,
	}
	if err := bus.ExportMethodTable(methods, notificationsPath, notificationsName); err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	reply, err := bus.RequestName(notificationsName, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errNameTaken
	}
	if err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	return d, nil
}

func serverInformation() (name, vendor, version, specification string, refused *dbus.Error) {
	return "recorder", "Waflow", "1", "1.2", nil
}

func (d *desktop) notify(_ string, replaces uint32, _, summary, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := replaces
	if id == 0 {
		id = uint32(len(d.shown) + 1)
	}
	d.shown = append(d.shown, notification{id: id, summary: summary, body: body, actions: actions})
	close(d.more)
	d.more = make(chan struct{})
	return id, nil
}

// await answers the first notification, old or new, that matches.
func (d *desktop) await(ctx context.Context, matches func(notification) bool) (notification, error) {
	for {
		d.mu.Lock()
		shown, more := slices.Clone(d.shown), d.more
		d.mu.Unlock()
		if at := slices.IndexFunc(shown, matches); at >= 0 {
			return shown[at], nil
		}
		select {
		case <-ctx.Done():
			return notification{}, fmt.Errorf("no such notification among %d: %w", len(shown), ctx.Err())
		case <-more:
		}
	}
}

// all answers what was shown so far, oldest first.
func (d *desktop) all() []notification {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.shown)
}

// click does what a click on the notification's text does.
func (d *desktop) click(n notification) error {
	return d.bus.Emit(notificationsPath, notificationsName+".ActionInvoked", n.id, "default")
}

func (d *desktop) close() error { return d.bus.Close() }

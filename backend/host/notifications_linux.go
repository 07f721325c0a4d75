package host

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The notification server of the session (Desktop Notifications Specification 1.2).
const (
	serverName = "org.freedesktop.Notifications"
	serverPath = "/org/freedesktop/Notifications"
)

// soundName is the sound that themes have for a message (Sound Naming Specification).
const soundName = "message-new-instant"

// mostOpen is how many notifications are remembered for a click. Some servers never tell that one is gone.
const mostOpen = 200

// Notification is one notification of the system.
type Notification struct {
	Title, Body string // plain text
	Sound       bool   // with the system's sound for a message; else silent
	Of          string // handed back when it is clicked
}

// Notifications shows notifications by the session's server. Its methods may be called from any goroutine.
type Notifications struct {
	clicked func(of string)

	mu     sync.Mutex
	bus    *dbus.Conn // nil while there is none
	markup bool       // the server reads the body as markup
	open   map[uint32]string
	work   sync.WaitGroup
	closed bool
}

// NewNotifications returns notifications of which nothing is shown yet. clicked is called from a goroutine of its own with what a notification
// that a person chose is of; one that is dismissed or runs out calls nobody.
func NewNotifications(clicked func(of string)) *Notifications {
	return &Notifications{clicked: clicked, open: map[uint32]string{}}
}

// Show shows a notification. The session's bus is looked for each time that there is no connection to it.
func (n *Notifications) Show(ctx context.Context, what Notification) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	// Held while the server answers: a click that comes right after its answer finds what it belongs to.
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.connect(ctx); err != nil {
		return err
	}
	body := what.Body
	if n.markup {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	hints := map[string]dbus.Variant{"suppress-sound": dbus.MakeVariant(!what.Sound)}
	if what.Sound {
		hints["sound-name"] = dbus.MakeVariant(soundName)
	}
	var id uint32
	call := n.bus.Object(serverName, serverPath).CallWithContext(ctx, serverName+".Notify", 0,
		"Waflow", uint32(0), "", what.Title, body, []string{"default", ""}, hints, int32(-1))
	if err := call.Store(&id); err != nil {
		return err
	}
	n.open[id] = what.Of
	if len(n.open) > mostOpen {
		oldest := id
		for other := range n.open {
			oldest = min(oldest, other)
		}
		delete(n.open, oldest)
	}
	return nil
}

// Close ends the connection. What is shown stays, and clicking it does nothing any more.
func (n *Notifications) Close() error {
	n.mu.Lock()
	n.closed = true
	bus := n.bus
	n.bus = nil
	n.mu.Unlock()
	if bus == nil {
		return nil
	}
	err := bus.Close()
	n.work.Wait()
	return err
}

// connect connects to the session's bus unless that is done. n.mu is held.
func (n *Notifications) connect(ctx context.Context) error {
	if n.closed {
		return dbus.ErrClosed
	}
	if n.bus != nil && n.bus.Connected() {
		return nil
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	for _, member := range []string{"ActionInvoked", "NotificationClosed"} {
		if err := bus.AddMatchSignalContext(ctx, dbus.WithMatchInterface(serverName), dbus.WithMatchMember(member)); err != nil {
			_ = bus.Close()
			return err
		}
	}
	var can []string
	// A server that does not say what it can gets what it would read either way.
	n.markup = bus.Object(serverName, serverPath).CallWithContext(ctx, serverName+".GetCapabilities", 0).Store(&can) == nil &&
		slices.Contains(can, "body-markup")
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	n.bus = bus
	clear(n.open)
	n.work.Go(func() {
		for signal := range signals { // closed with the connection
			n.heard(signal)
		}
	})
	return nil
}

// heard takes what the server tells of a notification. Every program of the session hears of everybody's.
func (n *Notifications) heard(signal *dbus.Signal) {
	if len(signal.Body) < 2 {
		return
	}
	id, isID := signal.Body[0].(uint32)
	action, isAction := signal.Body[1].(string)
	if !isID {
		return
	}
	n.mu.Lock()
	of, ours := n.open[id]
	delete(n.open, id)
	n.mu.Unlock()
	if ours && isAction && action == "default" {
		n.clicked(of)
	}
}

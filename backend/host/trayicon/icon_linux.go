package trayicon

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/rs/zerolog"
)

// The names of the specification. https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
const (
	itemInterface = "org.kde.StatusNotifierItem"
	itemPath      = dbus.ObjectPath("/StatusNotifierItem")
	watcherName   = "org.kde.StatusNotifierWatcher"
	watcherPath   = dbus.ObjectPath("/StatusNotifierWatcher")
	busName       = "org.freedesktop.DBus"
)

// Icon is the icon on a connection of its own to the session bus. Its methods may be called from any goroutine.
type Icon struct {
	options Options
	log     zerolog.Logger
	bus     *dbus.Conn
	name    string // of the item on the bus
	item    *properties
	menu    *menu
	ended   sync.WaitGroup

	mu   sync.Mutex
	look Look
}

// Open shows the icon wherever a desktop shows such icons, from now on or as soon as one does. Errors: the session bus is not there, or
// refuses.
func Open(options Options) (*Icon, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, fmt.Errorf("reach the session bus: %w", err)
	}
	i := &Icon{options: options, log: options.Logger, bus: bus, look: options.Look, name: fmt.Sprintf("%s-%d-1", itemInterface, os.Getpid())}
	i.menu = newMenu(bus, options.Look.Menu, options.Chosen)
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	if err := errors.Join(i.export(), i.listen()); err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	i.ended.Go(func() { i.follow(signals) })
	return i, nil
}

// export puts the item and its menu on the bus.
func (i *Icon) export() error {
	opened := func(int32, int32) *dbus.Error {
		i.options.Opened()
		return nil
	}
	nothing := func(int32, int32) *dbus.Error { return nil } // the desktop opens the menu by itself
	methods := map[string]any{
		"Activate": opened, "SecondaryActivate": opened, "ContextMenu": nothing,
		"Scroll": func(int32, string) *dbus.Error { return nil },
	}
	if err := i.bus.ExportMethodTable(methods, itemPath, itemInterface); err != nil {
		return err
	}
	item, err := exportProperties(i.bus, itemPath, itemInterface, map[string]any{
		"Category": "Communications", "Id": i.options.ID, "Title": i.options.Title, "Status": "Active", "WindowId": int32(0), "IconName": "",
		"IconPixmap": pixmaps(i.look.PNG), "ToolTip": i.tooltip(i.look.Tooltip), "ItemIsMenu": false, "Menu": menuPath,
	})
	if err != nil {
		return err
	}
	i.item = item
	if err := i.menu.export(); err != nil {
		return err
	}
	reply, err := i.bus.RequestName(i.name, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("%s is taken", i.name)
	}
	return err
}

// listen asks for what tells that a desktop shows such icons, or no longer.
func (i *Icon) listen() error {
	err := i.bus.AddMatchSignal(dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName))
	return errors.Join(err, i.bus.AddMatchSignal(dbus.WithMatchSender(watcherName), dbus.WithMatchInterface(watcherName)))
}

// follow keeps the item registered and tells whether people see it, until the bus is closed.
func (i *Icon) follow(signals <-chan *dbus.Signal) {
	present := i.register()
	if present {
		i.options.Present(true)
	}
	for signal := range signals {
		now := present
		switch signal.Name {
		case busName + ".NameOwnerChanged":
			now = i.register()
		case watcherName + ".StatusNotifierHostRegistered", watcherName + ".StatusNotifierHostUnregistered":
			now = i.hosted()
		}
		if now != present {
			present = now
			i.options.Present(present)
		}
	}
	if present {
		i.options.Present(false)
	}
}

// register tells the watcher of the item, if there is a watcher, and answers whether people see it.
func (i *Icon) register() bool {
	var owned bool
	err := i.bus.BusObject().Call(busName+".NameHasOwner", 0, watcherName).Store(&owned)
	if err != nil || !owned {
		return false
	}
	watcher := i.bus.Object(watcherName, watcherPath)
	if err := watcher.Call(watcherName+".RegisterStatusNotifierItem", dbus.FlagNoAutoStart, i.name).Err; err != nil {
		i.log.Warn().Err(err).Msg("the desktop did not take the tray icon")
		return false
	}
	return i.hosted()
}

// hosted answers whether something shows the items that the watcher knows.
func (i *Icon) hosted() bool {
	value, err := i.bus.Object(watcherName, watcherPath).GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
	if err != nil {
		return false
	}
	hosted, ok := value.Value().(bool)
	return ok && hosted
}

// Show changes what the icon shows.
func (i *Icon) Show(look Look) {
	i.mu.Lock()
	defer i.mu.Unlock()
	before := i.look
	i.look = look
	if !reflect.DeepEqual(before.PNG, look.PNG) {
		i.item.set("IconPixmap", pixmaps(look.PNG))
		i.emit("NewIcon")
	}
	if before.Tooltip != look.Tooltip {
		i.item.set("ToolTip", i.tooltip(look.Tooltip))
		i.emit("NewToolTip")
	}
	if !reflect.DeepEqual(before.Menu, look.Menu) {
		i.menu.show(look.Menu)
	}
}

// emit tells a change. A bus that has gone is noticed by who follows it.
func (i *Icon) emit(signal string) { _ = i.bus.Emit(itemPath, itemInterface+"."+signal) }

// Close takes the icon away and returns when nothing of it runs any more.
func (i *Icon) Close() {
	_ = i.bus.Close()
	i.ended.Wait()
}

// tooltip is the property ToolTip: an icon of its own, a title and a text.
type tooltip struct {
	Icon    string
	Pixmaps []pixmap
	Title   string
	Text    string
}

func (i *Icon) tooltip(text string) tooltip {
	return tooltip{Pixmaps: []pixmap{}, Title: i.options.Title, Text: text}
}

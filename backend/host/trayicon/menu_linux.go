package trayicon

import (
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The interface of menus on the bus. https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
const (
	menuInterface = "com.canonical.dbusmenu"
	menuPath      = dbus.ObjectPath("/StatusNotifierItem/Menu")
)

// node is a line of the menu with the lines below it, as GetLayout answers it. The root has the id 0.
type node struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// described is a line of the menu as GetGroupProperties answers it.
type described struct {
	ID         int32
	Properties map[string]dbus.Variant
}

// event is one of EventGroup.
type event struct {
	ID   int32
	Kind string
	Data dbus.Variant
	At   uint32
}

// menu answers what desktops ask about the menu.
type menu struct {
	bus    *dbus.Conn
	chosen func(id int32)

	mu       sync.Mutex
	revision uint32
	entries  []Entry // one without a label separates
}

// firstSeparator is the id of the first line that separates; it is above those of entries.
const firstSeparator = 1_000_001

func newMenu(bus *dbus.Conn, groups [][]Entry, chosen func(id int32)) *menu {
	return &menu{bus: bus, chosen: chosen, revision: 1, entries: flat(groups)}
}

// flat is the menu as one list, with lines that separate.
func flat(groups [][]Entry) []Entry {
	var out []Entry
	for i, group := range groups {
		if i > 0 {
			out = append(out, Entry{ID: firstSeparator + int32(i-1)})
		}
		out = append(out, group[:min(len(group), MostInGroup)]...)
	}
	return out
}

func (m *menu) export() error {
	methods := map[string]any{
		"GetLayout": m.layout, "GetGroupProperties": m.groupProperties, "GetProperty": m.property,
		"Event": m.event, "EventGroup": m.eventGroup,
		"AboutToShow": func(int32) (bool, *dbus.Error) { return false, nil },
		"AboutToShowGroup": func([]int32) ([]int32, []int32, *dbus.Error) {
			return []int32{}, []int32{}, nil
		},
	}
	if err := m.bus.ExportMethodTable(methods, menuPath, menuInterface); err != nil {
		return err
	}
	_, err := exportProperties(m.bus, menuPath, menuInterface, map[string]any{
		"Version": uint32(3), "TextDirection": "ltr", "Status": "normal", "IconThemePath": []string{},
	})
	return err
}

// show replaces the lines and tells it.
func (m *menu) show(groups [][]Entry) {
	m.mu.Lock()
	m.entries = flat(groups)
	m.revision++
	revision := m.revision
	m.mu.Unlock()
	_ = m.bus.Emit(menuPath, menuInterface+".LayoutUpdated", revision, int32(0))
}

func (m *menu) layout(parent, depth int32, names []string) (uint32, node, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if parent != 0 {
		properties, err := m.propertiesOf(parent, names)
		return m.revision, node{ID: parent, Properties: properties, Children: []dbus.Variant{}}, err
	}
	root := node{Properties: only(rootProperties(), names), Children: []dbus.Variant{}}
	if depth == 0 {
		return m.revision, root, nil
	}
	for _, e := range m.entries {
		root.Children = append(root.Children, dbus.MakeVariant(node{ID: e.ID, Properties: only(e.properties(), names), Children: []dbus.Variant{}}))
	}
	return m.revision, root, nil
}

// groupProperties describes those lines, all of them if none is named. Lines that have gone are left out.
func (m *menu) groupProperties(ids []int32, names []string) ([]described, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := []described{}
	for _, e := range m.entries {
		if len(ids) == 0 || slices.Contains(ids, e.ID) {
			out = append(out, described{ID: e.ID, Properties: only(e.properties(), names)})
		}
	}
	if slices.Contains(ids, 0) {
		out = append(out, described{Properties: only(rootProperties(), names)})
	}
	return out, nil
}

func (m *menu) property(id int32, name string) (dbus.Variant, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	properties, err := m.propertiesOf(id, nil)
	if err != nil {
		return dbus.Variant{}, err
	}
	value, known := properties[name]
	if !known {
		return dbus.Variant{}, &dbus.ErrMsgInvalidArg
	}
	return value, nil
}

// propertiesOf describes one line. The lock is held.
func (m *menu) propertiesOf(id int32, names []string) (map[string]dbus.Variant, *dbus.Error) {
	if id == 0 {
		return only(rootProperties(), names), nil
	}
	at := slices.IndexFunc(m.entries, func(e Entry) bool { return e.ID == id })
	if at < 0 {
		return nil, &dbus.ErrMsgInvalidArg
	}
	return only(m.entries[at].properties(), names), nil
}

func (m *menu) event(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
	if !m.take(id, kind) {
		return &dbus.ErrMsgInvalidArg
	}
	return nil
}

// eventGroup answers the lines that are not there any more.
func (m *menu) eventGroup(events []event) ([]int32, *dbus.Error) {
	gone := []int32{}
	for _, e := range events {
		if !m.take(e.ID, e.Kind) {
			gone = append(gone, e.ID)
		}
	}
	return gone, nil
}

// take acts by an event and reports whether its line is there.
func (m *menu) take(id int32, kind string) bool {
	m.mu.Lock()
	at := slices.IndexFunc(m.entries, func(e Entry) bool { return e.ID == id })
	act := at >= 0 && m.entries[at].Enabled && m.entries[at].Label != "" && kind == "clicked"
	m.mu.Unlock()
	if act {
		m.chosen(id)
	}
	return at >= 0 || id == 0
}

func rootProperties() map[string]dbus.Variant {
	return map[string]dbus.Variant{"children-display": dbus.MakeVariant("submenu")}
}

// properties are the entry's. An underline in a label would mark a key.
func (e Entry) properties() map[string]dbus.Variant {
	if e.Label == "" {
		return map[string]dbus.Variant{"type": dbus.MakeVariant("separator"), "visible": dbus.MakeVariant(true)}
	}
	return map[string]dbus.Variant{
		"label": dbus.MakeVariant(strings.ReplaceAll(e.Label, "_", "__")), "enabled": dbus.MakeVariant(e.Enabled), "visible": dbus.MakeVariant(true),
	}
}

// only keeps the named properties, all of them if none is named.
func only(properties map[string]dbus.Variant, names []string) map[string]dbus.Variant {
	if len(names) == 0 {
		return properties
	}
	for name := range properties {
		if !slices.Contains(names, name) {
			delete(properties, name)
		}
	}
	return properties
}

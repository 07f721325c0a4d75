package trayicon

import (
	"maps"
	"sync"

	"github.com/godbus/dbus/v5"
)

const propertiesInterface = "org.freedesktop.DBus.Properties"

// properties are what can be read of an object's one interface. The bus library's own overwrite a value while another goroutine sends it.
type properties struct {
	of string // the interface

	mu     sync.Mutex
	values map[string]dbus.Variant
}

func exportProperties(bus *dbus.Conn, path dbus.ObjectPath, of string, values map[string]any) (*properties, error) {
	p := &properties{of: of, values: map[string]dbus.Variant{}}
	for name, value := range values {
		p.values[name] = dbus.MakeVariant(value)
	}
	return p, bus.ExportMethodTable(map[string]any{"Get": p.get, "GetAll": p.all, "Set": p.refuse}, path, propertiesInterface)
}

// set replaces a value; the old one may still be on its way to somebody and is not touched.
func (p *properties) set(name string, value any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values[name] = dbus.MakeVariant(value)
}

func (p *properties) get(of, name string) (dbus.Variant, *dbus.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	value, known := p.values[name]
	if of != p.of || !known {
		return dbus.Variant{}, &dbus.ErrMsgInvalidArg
	}
	return value, nil
}

func (p *properties) all(of string) (map[string]dbus.Variant, *dbus.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if of != p.of {
		return map[string]dbus.Variant{}, nil
	}
	return maps.Clone(p.values), nil
}

func (*properties) refuse(string, string, dbus.Variant) *dbus.Error { return &dbus.ErrMsgInvalidArg }

package bridge

import (
	"context"

	"waflow/backend/domain"
	"waflow/backend/proxies"
)

// Proxies answers what concerns a device's own way to WhatsApp.
type Proxies struct{ gate *gate }

// Proxy is a device's proxy as the interface sees it: never with its password.
type Proxy struct {
	Scheme      string `json:"scheme"` // http, https, socks5; "" where connections are direct
	Host        string `json:"host"`
	Port        int    `json:"port"`
	User        string `json:"user"`
	PasswordSet bool   `json:"passwordSet"`
}

// ProxyWish is a proxy as a person wants it.
type ProxyWish struct {
	Scheme       string `json:"scheme"`
	Host         string `json:"host"`
	Port         int    `json:"port"`
	User         string `json:"user"`
	Password     string `json:"password"`
	KeepPassword bool   `json:"keepPassword"` // the one that is kept already
}

// ProxyOutcome is what became of a wish.
type ProxyOutcome struct {
	Saved   bool   `json:"saved"`
	Trouble string `json:"trouble"` // why there is no way through it, see domain.ProxyTrouble; "" when it was saved
	Proxy   Proxy  `json:"proxy"`   // the one in use after this
}

// Get returns a device's proxy. Errors: not_found.
func (p *Proxies) Get(device int64) (Proxy, error) {
	return ask(p.gate, "Proxies.Get", func(ctx context.Context, s Services) (Proxy, error) {
		found, err := s.Proxies.Of(ctx, domain.DeviceID(device))
		return proxyOf(found), err
	})
}

// Save connects to WhatsApp through a proxy, and keeps it for the device if that works. Errors: invalid (detail "field"), not_found, link_busy.
func (p *Proxies) Save(device int64, wish ProxyWish) (ProxyOutcome, error) {
	return ask(p.gate, "Proxies.Save", func(ctx context.Context, s Services) (ProxyOutcome, error) {
		id := domain.DeviceID(device)
		trouble, err := s.Proxies.Set(ctx, id, proxies.Wish{
			Proxy: domain.Proxy{
				Scheme: domain.ProxyScheme(wish.Scheme), Host: wish.Host, Port: wish.Port, User: wish.User, Password: domain.Secret(wish.Password),
			},
			KeepPassword: wish.KeepPassword,
		})
		if err != nil {
			return ProxyOutcome{}, err
		}
		present, err := s.Proxies.Of(ctx, id)
		return ProxyOutcome{Saved: trouble == "", Trouble: string(trouble), Proxy: proxyOf(present)}, err
	})
}

// Remove makes a device's connections direct. Errors: not_found, link_busy.
func (p *Proxies) Remove(device int64) error {
	return tell(p.gate, "Proxies.Remove", func(ctx context.Context, s Services) error {
		return s.Proxies.Remove(ctx, domain.DeviceID(device))
	})
}

func proxyOf(p domain.Proxy) Proxy {
	return Proxy{Scheme: string(p.Scheme), Host: p.Host, Port: p.Port, User: p.User, PasswordSet: p.Password != ""}
}

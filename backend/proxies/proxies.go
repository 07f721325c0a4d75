// Package proxies is the use case of a device's own way to WhatsApp: a proxy that is tested before it is kept, never answered with its
// password, and never left for a direct connection.
package proxies

import (
	"context"
	"errors"

	"waflow/backend/domain"
)

// Store keeps the proxies. Its errors are *domain.Error where a person can act on them.
type Store interface {
	Device(ctx context.Context, id domain.DeviceID) (domain.Device, error)
	Proxy(ctx context.Context, ref domain.DeviceRef) (domain.Proxy, error)
	SetProxy(ctx context.Context, ref domain.DeviceRef, p domain.Proxy) error
}

// Service reaches WhatsApp over a proxy until it answers, without logging in. Errors: CodeProxyFailed.
type Service interface {
	Probe(ctx context.Context, p domain.Proxy) error
}

// Pool makes a device's connection anew. Errors: CodeLinkBusy, CodeNotFound.
type Pool interface {
	Reroute(id domain.DeviceID) error
}

// Proxies is the use case. Its methods may be called from any goroutine.
type Proxies struct {
	store   Store
	service Service
	pool    Pool
}

// New returns the use case over its parts.
func New(store Store, service Service, pool Pool) *Proxies {
	return &Proxies{store: store, service: service, pool: pool}
}

// Wish is a proxy as a person wants it.
type Wish struct {
	Proxy domain.Proxy
	// KeepPassword takes the password that is kept already. It goes to no other server, and over no other scheme, than it was given for.
	KeepPassword bool
}

// Of returns a device's proxy, the zero value if its connections are direct. Errors: not_found.
func (p *Proxies) Of(ctx context.Context, id domain.DeviceID) (domain.Proxy, error) {
	d, err := p.store.Device(ctx, id)
	if err != nil {
		return domain.Proxy{}, err
	}
	return p.store.Proxy(ctx, d.Ref)
}

// Set connects to WhatsApp through the proxy and keeps it for the device if that works; what is connected goes through it from then on.
// trouble says why it was not kept, "" when it was. Errors: invalid (detail "field" is "scheme", "host", "port", "user" or "password"),
// not_found, link_busy while the device is being linked.
func (p *Proxies) Set(ctx context.Context, id domain.DeviceID, wish Wish) (trouble domain.ProxyTrouble, err error) {
	d, err := p.store.Device(ctx, id)
	if err != nil {
		return "", err
	}
	proxy, err := check(wish.Proxy)
	if err != nil {
		return "", err
	}
	if wish.KeepPassword {
		kept, err := p.store.Proxy(ctx, d.Ref)
		if err != nil {
			return "", err
		}
		if !kept.SameServer(proxy) {
			return "", invalid("password", "the password belongs to another proxy; write it again")
		}
		proxy.Password = kept.Password
	}
	if err := p.service.Probe(ctx, proxy); err != nil {
		var coded *domain.Error
		if errors.As(err, &coded) && coded.Code == domain.CodeProxyFailed {
			return domain.ProxyTrouble(coded.Detail["trouble"]), nil
		}
		return "", err
	}
	return "", p.keep(ctx, d.Ref, proxy)
}

// Remove makes a device's connections direct. Errors: not_found, link_busy while the device is being linked.
func (p *Proxies) Remove(ctx context.Context, id domain.DeviceID) error {
	d, err := p.store.Device(ctx, id)
	if err != nil {
		return err
	}
	return p.keep(ctx, d.Ref, domain.Proxy{})
}

// keep writes the way down and has what is connected take it. While a code is shown its connection has to stay as it is: the former way is
// kept then.
func (p *Proxies) keep(ctx context.Context, ref domain.DeviceRef, proxy domain.Proxy) error {
	former, err := p.store.Proxy(ctx, ref)
	if err != nil {
		return err
	}
	if former == proxy {
		return nil
	}
	if err := p.store.SetProxy(ctx, ref, proxy); err != nil {
		return err
	}
	if err := p.pool.Reroute(ref.Device); err != nil {
		return errors.Join(err, p.store.SetProxy(ctx, ref, former))
	}
	return nil
}

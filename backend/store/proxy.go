package store

import (
	"context"

	"waflow/backend/domain"
)

// Proxy returns the way that a device's connections take, the zero value if that is direct. Who dials must not take an error for "direct".
func (s *Store) Proxy(ctx context.Context, ref domain.DeviceRef) (domain.Proxy, error) {
	var p domain.Proxy
	_, err := optional(reading{ctx, s.read}.row("SELECT scheme, host, port, username, password FROM device_proxies WHERE subaccount_id = $1 AND device_id = $2",
		ref.Subaccount, ref.Device), &p.Scheme, &p.Host, &p.Port, &p.User, (*string)(&p.Password))
	return p, coded("read a proxy", err)
}

// SetProxy keeps the way that a device's connections take; the zero value makes it direct. Errors: not_found.
func (s *Store) SetProxy(ctx context.Context, ref domain.DeviceRef, p domain.Proxy) error {
	return s.do(ctx, "keep a proxy", func(t *tx) error {
		if _, err := deviceIn(t, ref); err != nil {
			return err
		}
		if p.Direct() {
			return dropProxy(t, ref)
		}
		return t.run(`INSERT INTO device_proxies (subaccount_id, device_id, scheme, host, port, username, password) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (device_id) DO UPDATE SET scheme = excluded.scheme, host = excluded.host, port = excluded.port,
				username = excluded.username, password = excluded.password`,
			ref.Subaccount, ref.Device, p.Scheme, p.Host, p.Port, p.User, string(p.Password))
	})
}

func dropProxy(t *tx, ref domain.DeviceRef) error {
	return t.run("DELETE FROM device_proxies WHERE subaccount_id = $1 AND device_id = $2", ref.Subaccount, ref.Device)
}

package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim/proxy"
)

const (
	proxyUser     = "user-canary"
	proxyPassword = "password-canary"
)

// openProxy puts a proxy where the device's own is looked for.
func (b *bubble) openProxy() *proxy.Memory {
	b.t.Helper()
	opened := proxy.NewMemory(proxy.Options{
		Scheme: string(domain.ProxySOCKS5), User: proxyUser, Password: proxyPassword,
		Lead: func(ctx context.Context, _ string) (net.Conn, error) { return b.sim.Dial(ctx) },
	})
	b.proxy.Store(opened)
	return opened
}

// behindProxy gives the device a proxy of its own and returns when it is connected through it.
func (b *bubble) behindProxy() *proxy.Memory {
	b.t.Helper()
	opened := b.openProxy()
	outcome, err := facade[*bridge.Proxies](b).Save(int64(b.reception), bridge.ProxyWish{
		Scheme: string(domain.ProxySOCKS5), Host: "proxy.example", Port: 1080, User: proxyUser, Password: proxyPassword,
	})
	require.NoError(b.t, err)
	require.True(b.t, outcome.Saved, outcome.Trouble)
	b.wait("the way through the proxy", func() bool { return len(opened.Targets()) > 1 }) // the first was the look at it
	b.well()
	return opened
}

// walkProxy has the device's own proxy die, want another password, and come back. Nothing but it reaches WhatsApp meanwhile.
func walkProxy(b *bubble) {
	b.link(b.reception, b.ours)
	opened := b.behindProxy()
	direct, _ := b.dials.counts()

	require.NoError(b.t, opened.Close())
	d := b.shows(domain.CauseProxyFailed)
	require.Equal(b.t, "proxy.example:1080", d.Proxy)
	require.Equal(b.t, string(domain.ProxyUnreachable), d.Reason)
	b.announced(domain.CauseProxyFailed)
	b.keepsCredentials()

	opened = b.openProxy()
	opened.Refuse(true)
	b.press()
	b.wait("what the proxy says", func() bool { return b.row().Reason == string(domain.ProxyRefused) })
	b.shows(domain.CauseProxyFailed)

	opened.Refuse(false)
	b.press()
	b.well()
	b.keepsCredentials()
	now, _ := b.dials.counts()
	require.Equal(b.t, direct, now, "nothing went past the proxy")
}

// keepsCredentials holds what is told of the device against who may use its proxy: rows, history, notifications, log.
func (b *bubble) keepsCredentials() {
	b.t.Helper()
	snapshot, err := facade[*bridge.App](b).Snapshot()
	require.NoError(b.t, err)
	rows, err := b.fleetFacade().History(int64(b.reception), 200)
	require.NoError(b.t, err)
	told, err := json.Marshal([]any{snapshot, rows})
	require.NoError(b.t, err)
	for _, secret := range []string{proxyUser, proxyPassword} {
		require.NotContains(b.t, string(told), secret)
	}
	require.False(b.t, b.log.told.Load(), "the log")
}

// guardedLog is a log that is not kept and remembers whether credentials of a proxy stood in it.
type guardedLog struct{ told atomic.Bool }

// Write reads a line of the log.
func (g *guardedLog) Write(line []byte) (int, error) {
	for _, secret := range []string{proxyUser, proxyPassword} {
		if bytes.Contains(line, []byte(secret)) {
			g.told.Store(true)
		}
	}
	return len(line), nil
}

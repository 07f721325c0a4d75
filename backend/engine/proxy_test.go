package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/proxies"
	"waflow/backend/wasim/proxy"
)

// A device with a proxy is linked and connected through it, says so when it dies, waits for it and for nothing else, and takes another one
// at once.
func TestADeviceStaysBehindItsProxy(t *testing.T) {
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	w.behindDoor()
	door := w.door
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	first, err := proxy.New(proxy.Options{Scheme: "socks5", User: "ana", Password: "secret"})
	require.NoError(t, err)
	wish := proxies.Wish{Proxy: domain.Proxy{Scheme: domain.ProxySOCKS5, Host: "127.0.0.1", Port: first.Port(), User: "ana", Password: "wrong"}}

	trouble, err := r.proxies.Set(within(t), reception, wish)
	require.NoError(t, err)
	require.Equal(t, domain.ProxyPassword, trouble)
	kept, err := r.proxies.Of(within(t), reception)
	require.NoError(t, err)
	require.True(t, kept.Direct(), "what does not work is not kept")
	wish.Proxy.Password = "secret"
	trouble, err = r.proxies.Set(within(t), reception, wish)
	require.NoError(t, err)
	require.Empty(t, trouble)

	r.link(reception, ours)
	require.Eventually(t, func() bool { return len(first.Targets()) == door.Entered() }, patience, time.Millisecond, "linking went through the proxy too")
	_, err = r.proxies.Set(within(t), reception, proxies.Wish{KeepPassword: true, Proxy: domain.Proxy{
		Scheme: domain.ProxyHTTP, Host: "127.0.0.1", Port: first.Port(), User: "ana",
	}})
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "a password goes to no other server")

	require.NoError(t, first.Close())
	entered := door.Entered()
	d := r.awaitCause(reception, domain.CauseProxyFailed)
	require.Equal(t, domain.StatusOffline, d.State.Status)
	require.Equal(t, string(domain.ProxyUnreachable), d.State.Detail.Reason)
	require.Equal(t, first.Address(), d.State.Detail.Proxy)
	require.NoError(t, r.fleet.TryNow(within(t), reception))
	require.Equal(t, entered, door.Entered(), "never without the proxy")

	second, err := proxy.New(proxy.Options{Scheme: "http"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = second.Close() }) // before the engine, which is still connected then
	trouble, err = r.proxies.Set(within(t), reception, proxies.Wish{Proxy: domain.Proxy{Scheme: domain.ProxyHTTP, Host: "127.0.0.1", Port: second.Port()}})
	require.NoError(t, err)
	require.Empty(t, trouble)
	r.awaitCause(reception, domain.CauseOnline)
	require.Eventually(t, func() bool { return len(second.Targets()) == door.Entered()-entered }, patience, time.Millisecond)

	require.NoError(t, r.proxies.Remove(within(t), reception))
	r.await(func() bool { return second.Open() == 0 })
	r.awaitCause(reception, domain.CauseOnline)
}

package engine

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/proxies"
	"waflow/backend/wasim/proxy"
)

// Whatever its kind, a proxy carries the linking, the messages and the history, which comes as a file; and when it is dead the dialog says that it
// is the proxy. The computer reaches nothing but proxies here.
func TestEveryKindOfProxyCarriesADevice(t *testing.T) {
	for _, scheme := range domain.ProxySchemes() {
		t.Run(string(scheme), func(t *testing.T) {
			w := newWorld(t)
			ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana")
			_, err := ana.SendText(within(t), ours.Number(), "from before")
			require.NoError(t, err)
			w.behindDoor()
			w.direct = &http.Client{Transport: lineWithout(syscall.ENETUNREACH)}
			roots, certificate, err := proxy.Authority()
			require.NoError(t, err)
			w.proxyRoots = roots
			server, err := proxy.New(proxy.Options{Scheme: string(scheme), User: proxyUser, Password: proxyPassword, TLS: certificate})
			require.NoError(t, err)
			closed := false
			t.Cleanup(func() {
				if !closed {
					_ = server.Close()
				}
			})
			r := w.run()
			hotel := r.subaccount("Hotel Miramar")
			reception, office := r.device(hotel, "Reception"), r.device(hotel, "Office")
			wish := proxies.Wish{Proxy: domain.Proxy{
				Scheme: scheme, Host: "127.0.0.1", Port: server.Port(), User: proxyUser, Password: proxyPassword,
			}}
			for _, id := range []domain.DeviceID{reception, office} {
				trouble, err := r.proxies.Set(within(t), id, wish)
				require.NoError(t, err)
				require.Empty(t, trouble)
			}

			r.link(reception, ours)
			chat := r.conversation(hotel)
			r.await(func() bool { return slices.Contains(texts(r.messages(chat.Ref.Conversation)), "from before") })
			// Nothing is sent from here: a line that is cut while the client library sends finds a data race of its own in it.
			_, err = ana.SendText(within(t), ours.Number(), "through the proxy")
			require.NoError(t, err)
			r.await(func() bool { return slices.Contains(texts(r.messages(chat.Ref.Conversation)), "through the proxy") })
			require.Eventually(t, func() bool { return len(server.Targets()) == w.door.Entered() }, patience, time.Millisecond)

			require.NoError(t, server.Close())
			closed = true
			_, err = r.fleet.StartPairing(within(t), office)
			require.NoError(t, err)
			step := r.awaitStep(office, domain.PairingFailed)
			var failed *domain.Error
			require.ErrorAs(t, step.Err, &failed)
			require.Equal(t, domain.ActionRetry, failed.Action)
			require.Equal(t, map[string]string{
				"reason": string(domain.CauseProxyFailed), "trouble": string(domain.ProxyUnreachable), "proxy": server.Address(),
			}, failed.Detail)
			require.Equal(t, string(domain.CauseProxyFailed), r.awaitCause(office, domain.CauseLinkFailed).State.Detail.Reason)
		})
	}
}

// behindDoor puts a door in front of the simulator, which counts who comes in.
func (w *world) behindDoor() {
	w.t.Helper()
	door, err := proxy.NewDoor(strings.TrimSuffix(strings.TrimPrefix(w.sim.Endpoint(), "ws://"), "/ws/chat"))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, door.Close()) })
	w.door = door
}

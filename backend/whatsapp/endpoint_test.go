package whatsapp_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

func TestOnlyASimulatorOnThisMachineIsAccepted(t *testing.T) {
	key := make([]byte, whatsapp.RootKeySize)
	for url, sentence := range map[string]string{
		"ws://127.0.0.1:8080/ws/chat":                "",
		"ws://127.8.9.1:8080/ws/chat":                "",
		"ws://[::1]:8080/ws/chat":                    "",
		"ws://localhost:8080/ws/chat":                "",
		"wss://127.0.0.1:8080/ws/chat":               "begin with ws://",
		"http://127.0.0.1:8080/ws/chat":              "begin with ws://",
		"ws://192.168.1.4:8080/ws/chat":              "on this computer",
		"ws://web.whatsapp.com:443/ws/chat":          "on this computer",
		"ws://localhost.example.com:80/ws/chat":      "on this computer",
		"ws://127.0.0.1.example.com:80/ws/chat":      "on this computer",
		"ws://0.0.0.0:8080/ws/chat":                  "on this computer",
		"ws://[::ffff:10.0.0.1]:8080/ws/chat":        "on this computer",
		"ws://[fe80::1%25lo]:8080/ws/chat":           "on this computer",
		"ws://127.0.0.1/ws/chat":                     "no port",
		"ws://127.0.0.1:8080/":                       "end with /ws/chat",
		"ws://127.0.0.1:8080/ws/chat?x=1":            "end with /ws/chat",
		"ws://127.0.0.1:8080@example.com:80/ws/chat": "end with /ws/chat",
		"ws://%zz":               "can't be read",
		"127.0.0.1:8080/ws/chat": "can't be read",
	} {
		t.Run(url, func(t *testing.T) {
			_, err := whatsapp.Configure(whatsapp.Endpoint{URL: url, RootKey: key}, whatsapp.Options{})
			if sentence == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, domain.CodeEndpointRefused, domain.CodeOf(err))
			require.ErrorContains(t, err, sentence)
		})
	}
	t.Run("short key", func(t *testing.T) {
		_, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://127.0.0.1:1/ws/chat", RootKey: key[:31]}, whatsapp.Options{})
		require.Equal(t, domain.CodeEndpointRefused, domain.CodeOf(err))
		require.ErrorContains(t, err, "32 bytes")
	})
	t.Run("key without address", func(t *testing.T) {
		_, err := whatsapp.Configure(whatsapp.Endpoint{RootKey: key}, whatsapp.Options{})
		require.Equal(t, domain.CodeEndpointRefused, domain.CodeOf(err))
	})
}

// Whatever host the library asks for, and through whatever proxy the environment names, only the simulator is dialled.
func TestNothingLeavesForAnotherHost(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	hosts := make(chan string, 4)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host })}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Shutdown(context.WithoutCancel(t.Context())))
		require.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	t.Setenv("HTTPS_PROXY", "http://192.0.2.1:3128")

	transport := whatsapp.TransportForTest(listener.Addr().String())
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	for _, url := range []string{"https://web.whatsapp.com/ws/chat", "http://mmg.whatsapp.net/x"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		response, err := client.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.True(t, strings.HasPrefix(url[strings.Index(url, "//")+2:], <-hosts))
	}
}

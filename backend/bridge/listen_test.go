package bridge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
)

func TestListensOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "LOCALHOST:0", "127.8.8.8:0"} {
		listener, err := bridge.Listen(t.Context(), address)
		require.NoError(t, err, address)
		require.NoError(t, listener.Close())
	}
	for _, address := range []string{
		"0.0.0.0:0", ":0", "[::]:0", "192.168.1.2:0", "example.com:0", "127.0.0.1", "", "[::ffff:10.0.0.1]:0", "127.0.0.1.nip.io:0", "2130706433:0",
	} {
		_, err := bridge.Listen(t.Context(), address)
		require.Equal(t, domain.CodeListenRefused, domain.CodeOf(err), address)
	}
	taken, err := bridge.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = bridge.Listen(t.Context(), taken.Addr().String())
	require.Equal(t, domain.CodeListenRefused, domain.CodeOf(err))
}

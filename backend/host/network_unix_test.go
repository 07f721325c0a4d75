//go:build linux || darwin

package host

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// What the kernel would say comes over a socket of the test's own, so that no network of the machine is touched: a link that goes up is told of.
func TestALinkThatGoesUpIsToldOf(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	require.NoError(t, err)
	for _, end := range pair {
		require.NoError(t, unix.SetNonblock(end, true))
	}
	kernel, ours := os.NewFile(uintptr(pair[0]), "kernel"), os.NewFile(uintptr(pair[1]), "routes")
	t.Cleanup(func() { _ = kernel.Close() })
	var present atomic.Pointer[ways]
	present.Store(&ways{})
	looked := make(chan struct{}, 100)
	look := func(context.Context) ways {
		looked <- struct{}{}
		return *present.Load()
	}
	told := make(chan struct{}, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		read := func(ctx context.Context, changed func()) error { return readNews(ctx, ours, changed) }
		watchNews(ctx, read, look, func() { told <- struct{}{} }, zerolog.Nop())
	}()
	<-looked // at the beginning

	present.Store(&ways{v4: address("192.168.1.23")})
	_, err = kernel.Write([]byte("RTM_NEWADDR"))
	require.NoError(t, err)
	<-told
	cancel()
	<-ended
}

//go:build linux || darwin

package host

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// readNetwork calls changed whenever an address or a route of the computer changes, until ctx ends.
func readNetwork(ctx context.Context, changed func()) error {
	socket, err := openRoutes()
	if err != nil {
		return err
	}
	return readNews(ctx, os.NewFile(uintptr(socket), "routes"), changed)
}

// readNews calls changed for everything that comes over the kernel's socket, until ctx ends. It closes the socket.
func readNews(ctx context.Context, routes *os.File, changed func()) error {
	defer func() { _ = routes.Close() }()
	defer context.AfterFunc(ctx, func() { _ = routes.Close() })()
	message := make([]byte, 64<<10)
	for {
		_, err := routes.Read(message)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil, errors.Is(err, unix.ENOBUFS): // more news than the system kept for us are news as well
			changed()
		default:
			return err
		}
	}
}

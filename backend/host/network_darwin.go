package host

import "golang.org/x/sys/unix"

// openRoutes opens a socket on which the kernel tells of addresses and routes.
func openRoutes() (int, error) {
	socket, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return 0, err
	}
	unix.CloseOnExec(socket)
	if err := unix.SetNonblock(socket, true); err != nil {
		_ = unix.Close(socket)
		return 0, err
	}
	return socket, nil
}

package pool_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// linkedDevices links so many devices.
func (w *workspace) linkedDevices(n int) []domain.Device {
	w.Helper()
	devices := make([]domain.Device, n)
	for i := range devices {
		devices[i] = w.newDevice(w.sub)
		w.link(devices[i], w.phone(fmt.Sprintf("+3460000%04d", 100+i), "Clinic"))
	}
	return devices
}

func TestVersionThatWhatsAppRefusesIsRenewedForAll(t *testing.T) {
	w := newWorkspace(t)
	devices := w.linkedDevices(3)
	newer := w.service.Version()
	newer[2]++
	w.sim.SetClientRevision(newer[2])
	w.sim.SetMinClientVersion(newer)
	w.sim.DropAll()
	for _, d := range devices {
		w.eventually("the stop of all", func() bool {
			for _, c := range w.causes(d) {
				if c == domain.CauseClientOutdated {
					return true
				}
			}
			return false
		})
		w.awaitCause(d, domain.CauseOnline)
	}
	require.Equal(t, newer, w.service.Version())
}

func TestVersionThatCannotBeRenewedLeavesAllOutdated(t *testing.T) {
	w := newWorkspace(t)
	devices := w.linkedDevices(3)
	present := w.service.Version()
	w.sim.SetClientRevision(present[2] - 1)
	w.sim.SetMinClientVersion([3]uint32{present[0], present[1], present[2] + 1})
	w.sim.DropAll()
	for _, d := range devices {
		w.awaitCause(d, domain.CauseClientOutdated)
	}
	require.Equal(t, present, w.service.Version(), "an older version is not believed")

	newer := [3]uint32{present[0], present[1], present[2] + 1}
	w.sim.SetClientRevision(newer[2])
	require.NoError(t, w.pool.TryNow(devices[0].Ref.Device))
	for _, d := range devices {
		w.awaitCause(d, domain.CauseOnline)
	}
}

func TestVersionThatWhatsAppRefusesIsRenewedWhileLinking(t *testing.T) {
	w := newWorkspace(t)
	newer := w.service.Version()
	newer[2]++
	w.sim.SetClientRevision(newer[2])
	w.sim.SetMinClientVersion(newer)
	w.linkedDevices(1)
	require.Equal(t, newer, w.service.Version())
}

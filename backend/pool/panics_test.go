package pool

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// Whoever is told of a device may have a defect, and so may a step of our own. It costs nobody a connection.
func TestAPanicEndsNeitherADeviceNorTheOthers(t *testing.T) {
	for name, defect := range map[string]func(p *Pool){
		"who is told a detail":        func(p *Pool) { p.cfg.Detail = func(domain.DeviceRef, domain.DeviceState) { panic("told") } },
		"who is told that it is up":   func(p *Pool) { p.cfg.Ready = func(domain.DeviceID) { panic("told") } },
		"who is told what is unkept":  func(p *Pool) { p.cfg.Unkept = func(domain.DeviceRef, domain.DeviceState) { panic("told") } },
		"who is told of the backlog":  func(p *Pool) { p.cfg.Synced = func(domain.DeviceID) { panic("told") } },
		"who is told of a dialog":     func(p *Pool) { p.cfg.Pairing = func(domain.PairingStep) { panic("told") } },
		"who keeps the history":       func(p *Pool) { p.cfg.Journal = func(context.Context, domain.StateChange) error { panic("told") } },
		"who keeps sleeps":            func(p *Pool) { p.cfg.Slept = func(context.Context, domain.Sleep) error { panic("told") } },
		"a step of its supervisor":    func(p *Pool) { p.devices[1].box.post(func() { panic("a step") }) },
		"a step of its session":       func(p *Pool) { p.devices[1].session.ops.post(func() { panic("a step") }) },
		"a step of the pool's writer": func(p *Pool) { p.writer.box.post(func() { panic("a step") }) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.pool()
				for id, file := range map[domain.DeviceID]string{1: "1-1.db", 2: "2-1.db"} {
					w.active[id] = file
					p.Add(deviceOf(id, domain.CauseOnline), file)
				}
				p.Add(deviceOf(3, domain.CauseNeverLinked), "")
				defect(p)
				w.run(p)
				after(time.Minute)
				require.NoError(t, p.Pair(t.Context(), deviceOf(3, domain.CauseNeverLinked)))
				w.at(1).tell(domain.SessionEvent{Kind: domain.SessionOfflineSynced})
				w.at(1).tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
				after(2 * time.Second)
				w.set(func() { w.wall += time.Hour })
				after(time.Minute)
				require.True(t, p.Ready(1), "the device goes on")
				require.True(t, p.Ready(2), "and so does every other")
				require.NoError(t, p.Remove(t.Context(), 2))
			})
		})
	}
}

// A step that is left half done has its machine's next moment come all the same.
func TestADeviceThatPanickedStillWakesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(*client) error { return refused() }
		p := w.started(deviceOf(1, domain.CauseOnline))
		after(time.Minute)
		s, err := p.find(1)
		require.NoError(t, err)
		s.box.post(func() {
			s.timer.Stop()
			s.armed = time.Time{}
			panic("before its alarm was set")
		})
		w.set(func() { w.connect = nil })
		after(2 * time.Minute)
		require.True(t, p.Ready(1))
	})
}

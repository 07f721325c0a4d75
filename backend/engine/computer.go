package engine

import (
	"context"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/host"
	"waflow/backend/sleep"
)

// System is the computer's operating system.
type System interface {
	sleep.Computer
	// Watch tells of the computer's wakings and changes of its network until ctx ends.
	Watch(ctx context.Context, tell host.Events, log zerolog.Logger) error
}

// ThisComputer is the operating system that Waflow runs on.
func ThisComputer() host.System { return host.System{} }

// watchComputer hands on what the operating system tells.
func (e *Engine) watchComputer(ctx context.Context) error {
	return e.options.system().Watch(ctx, host.Events{Woke: e.pool.Woke, NetworkChanged: e.pool.NetworkChanged}, e.log)
}

func (o Options) system() System {
	if o.System != nil {
		return o.System
	}
	return noSystem{}
}

// noSystem is a computer that can't be asked.
type noSystem struct{}

func (noSystem) Watch(ctx context.Context, _ host.Events, _ zerolog.Logger) error {
	<-ctx.Done()
	return nil
}

func (noSystem) OnMains() (bool, error) { return false, unasked() }

func (noSystem) StayAwake() (func(), error) { return nil, unasked() }

func unasked() error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "there is no operating system to ask"}
}

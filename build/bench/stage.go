package main

import (
	"context"
	"fmt"
	"os"

	"waflow/backend/bridge"
)

// stage is what most benchmarks begin with: a simulator, a workspace with one subaccount, and a directory that is removed in the end.
type stage struct {
	dir        string
	sim        *simulator
	app        *waflow
	subaccount int64
}

// Numbers of the phones, from ranges that no one has.
const (
	ourPhone   = "+34600000013"
	rivalPhone = "+34600000014"
	contact    = "+34600000144"
)

func numbered(i int) string { return fmt.Sprintf("+3460001%04d", i) }

// onStage builds the stage, runs the scene and clears everything away.
func onStage(ctx context.Context, p programs, scene func(*stage) error) (err error) {
	s := &stage{}
	if s.dir, err = os.MkdirTemp("", "waflow-bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(s.dir) }()
	if s.sim, err = startSimulator(ctx, p, s.dir+"/sim"); err != nil {
		return err
	}
	defer s.sim.stop()
	if err := s.sim.newPhone(ctx, contact, "Ana Beltrán"); err != nil {
		return err
	}
	if s.app, err = startWaflow(ctx, p, s.dir+"/app", s.sim); err != nil {
		return err
	}
	defer func() { s.app.stop() }()
	var sub bridge.Subaccount
	if err := s.app.call(ctx, "Fleet.CreateSubaccount", &sub, "Bench"); err != nil {
		return err
	}
	s.subaccount = sub.ID
	return scene(s)
}

// linkOurs makes a phone and links it to the workspace.
func (s *stage) linkOurs(ctx context.Context, number string) error {
	if err := s.sim.newPhone(ctx, number, "Ours"); err != nil {
		return err
	}
	return s.app.link(ctx, s.sim, s.subaccount, number)
}

// restart ends the program and starts it again over the same workspace.
func (s *stage) restart(ctx context.Context, p programs) (err error) {
	s.app.stop()
	s.app, err = startWaflow(ctx, p, s.dir+"/app", s.sim)
	return err
}

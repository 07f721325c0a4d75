package demo

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// pause lies between two publications, so that a crowd that writes is told in a few of them.
const pause = 100 * time.Millisecond

// Run plays the beginning of a demo that was filled, and publishes what the phones show, again whenever it changed, until ctx ends or the
// demo is closed.
func (d *Demo) Run(ctx context.Context) error {
	if err := d.begin(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, wasim.ErrClosed) {
		// What has not happened can still be played by hand.
		d.config.Logger.Warn().Err(err).Msg("the demo did not begin as it should")
	}
	return d.publish(ctx)
}

// publish tells what the phones show whenever it changed.
func (d *Demo) publish(ctx context.Context) error {
	var shown []domain.SimulatedPhone
	for {
		next, err := d.awaitChange(ctx, shown)
		if ctx.Err() != nil || errors.Is(err, wasim.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		d.tell(shown, next)
		shown = next
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}

// tell publishes the phones that are not as they were. None goes, and new ones stand at the end.
func (d *Demo) tell(before, now []domain.SimulatedPhone) {
	for i, phone := range now {
		if i >= len(before) || !reflect.DeepEqual(before[i], phone) {
			d.config.Publish(phone)
		}
	}
}

// awaitChange returns what the phones show once that differs from what was shown.
func (d *Demo) awaitChange(ctx context.Context, shown []domain.SimulatedPhone) ([]domain.SimulatedPhone, error) {
	for {
		next, err := d.look(ctx, shown)
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.Canceled) {
			return next, err
		}
	}
}

// look waits until the phones show something else. It ends early, with context.Canceled, when the panel did something that the simulator
// does not tell: then one has to look again.
func (d *Demo) look(ctx context.Context, shown []domain.SimulatedPhone) ([]domain.SimulatedPhone, error) {
	ctx, cancel := context.WithCancel(ctx)
	acted := d.nextAct()
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()
	watch.Go(func() {
		select {
		case <-acted:
			cancel()
		case <-ctx.Done():
		}
	})
	var next []domain.SimulatedPhone
	err := d.server.WaitFor(ctx, func() bool {
		next = d.State()
		return !reflect.DeepEqual(next, shown)
	})
	return next, err
}

func (d *Demo) nextAct() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.acted
}

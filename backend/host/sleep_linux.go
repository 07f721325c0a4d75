package host

import (
	"context"
	"errors"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/rs/zerolog"
)

// logind, as it is called on the system bus. https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html
const (
	logindName    = "org.freedesktop.login1"
	logindPath    = "/org/freedesktop/login1"
	logindManager = "org.freedesktop.login1.Manager"
)

// askAgain is how long a system bus that is not there, or has gone, is left alone.
const askAgain = time.Minute

// watchSleep tells of each waking, until ctx ends.
func watchSleep(ctx context.Context, woke func(time.Duration), log zerolog.Logger) {
	said := false
	for ctx.Err() == nil {
		err := followLogind(ctx, woke)
		if err != nil && ctx.Err() == nil && !said {
			said = true
			log.Info().Err(err).Msg("logind does not tell of sleep; it is noticed by the clocks")
		}
		select {
		case <-ctx.Done():
		case <-time.After(askAgain):
		}
	}
}

// followLogind tells of each waking until ctx ends or the bus is gone.
func followLogind(ctx context.Context, woke func(time.Duration)) error {
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = bus.Close() }()
	signals := make(chan *dbus.Signal, 8)
	bus.Signal(signals)
	err = bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(logindName), dbus.WithMatchObjectPath(logindPath),
		dbus.WithMatchInterface(logindManager), dbus.WithMatchMember("PrepareForSleep"))
	if err != nil {
		return err
	}
	var began time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case signal, open := <-signals:
			if !open {
				return errors.New("the system bus has gone")
			}
			if going, ok := goingToSleep(signal); ok {
				began = slept(going, began, woke)
			}
		}
	}
}

// goingToSleep reads a signal: true before a sleep, false after it.
func goingToSleep(signal *dbus.Signal) (going, ok bool) {
	if signal.Name != logindManager+".PrepareForSleep" || len(signal.Body) != 1 {
		return false, false
	}
	going, ok = signal.Body[0].(bool)
	return going, ok
}

// slept takes one signal. It returns when the sleep began that the next one may end.
func slept(going bool, began time.Time, woke func(time.Duration)) time.Time {
	now := wallClock()
	if going {
		return now
	}
	lasted := time.Duration(0)
	if !began.IsZero() {
		lasted = max(0, now.Sub(began))
	}
	woke(lasted)
	return time.Time{}
}

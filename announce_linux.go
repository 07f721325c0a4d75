//go:build !headless

package main

import (
	"context"

	"waflow/backend/domain"
	"waflow/backend/host"
)

// sessionAnnouncer asks the session's notification server itself: the window library can't say that a notification is to be silent, and takes
// its dismissal for a click.
type sessionAnnouncer struct {
	ctx   context.Context
	shown *host.Notifications
}

func newAnnouncer(ctx context.Context, opened func(domain.DeviceRef), _ func(error, string)) announcer {
	return sessionAnnouncer{ctx: ctx, shown: host.NewNotifications(func(of string) {
		if ref, ok := refOf(of); ok {
			opened(ref)
		}
	})}
}

func (s sessionAnnouncer) show(a announcement) error {
	return s.shown.Show(s.ctx, host.Notification{Title: a.title, Body: a.body, Sound: a.sound, Of: nameOf(a.of)})
}

func (s sessionAnnouncer) close() { _ = s.shown.Close() } // the bus may be gone already

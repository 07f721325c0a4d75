//go:build !headless

package main

import (
	"context"
	"strconv"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"waflow/backend/domain"
)

// centreAnnouncer shows notifications by the window library. Whether they are heard is macOS's affair.
type centreAnnouncer struct{ ctx context.Context }

func newAnnouncer(ctx context.Context, opened func(domain.DeviceRef), warn func(error, string)) announcer {
	if err := runtime.InitializeNotifications(ctx); err != nil {
		warn(err, "the system shows no notifications")
	}
	runtime.OnNotificationResponse(ctx, func(result runtime.NotificationResult) {
		if of, told := result.Response.UserInfo["of"].(string); told && result.Error == nil {
			if ref, ok := refOf(of); ok {
				opened(ref)
			}
		}
	})
	return centreAnnouncer{ctx: ctx}
}

func (c centreAnnouncer) show(a announcement) error {
	return runtime.SendNotification(c.ctx, runtime.NotificationOptions{
		ID: "waflow-" + strconv.FormatInt(a.id, 10), Title: a.title, Body: a.body, Data: map[string]any{"of": nameOf(a.of)},
	})
}

func (c centreAnnouncer) close() { runtime.CleanupNotifications(c.ctx) }

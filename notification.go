//go:build !headless

package main

import (
	"strconv"
	"strings"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"waflow/backend/domain"
)

// say is the message of a key with its values filled in.
func (c catalogue) say(key string, values ...string) string {
	pairs := make([]string, 0, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(c[key])
}

// toldAtOnce is how many devices one notification names; it says how many there are, and the window shows the rest.
const toldAtOnce = 5

// notify shows a notice as a native notification.
func (w *window) notify(n domain.Notice) {
	devices, subaccounts, err := w.engine.Names(w.ctx)
	if err != nil {
		w.warn(err, "a notification could not be named")
		return
	}
	first := n.Items[0].Ref
	title := w.words.say("shell_notice_several", "count", strconv.Itoa(len(n.Items)))
	several := n.Kind == domain.NoticeSeveral || n.Kind == domain.NoticeDigest
	switch {
	case n.Kind == domain.NoticeDigest:
		title = w.words.say("shell_notice_digest", "count", strconv.Itoa(len(n.Items)))
	case !several:
		title = w.words.say("shell_notice_"+string(n.Kind), "device", w.deviceName(devices, first))
	}
	told := n.Items[:min(len(n.Items), toldAtOnce)]
	lines := make([]string, 0, len(told))
	for _, item := range told {
		line := w.words.say("cause_" + string(item.State.Cause) + "_title")
		if several {
			line = w.deviceName(devices, item.Ref) + ": " + line
		}
		lines = append(lines, subaccountName(subaccounts, item.Ref.Subaccount)+" · "+line)
	}
	err = runtime.SendNotification(w.ctx, runtime.NotificationOptions{
		ID: "waflow-" + strconv.FormatInt(n.ID, 10), Title: title, Body: strings.Join(lines, "\n"),
		Data: map[string]any{"subaccount": int64(first.Subaccount), "device": int64(first.Device)},
	})
	if err != nil {
		w.warn(err, "the system did not take a notification")
	}
}

func (w *window) warn(err error, what string) {
	log := w.engine.Logger()
	log.Warn().Err(err).Msg(what)
}

// deviceName is a device as a notification names it: its label, or what stands for one.
func (w *window) deviceName(devices []domain.Device, ref domain.DeviceRef) string {
	for _, d := range devices {
		if d.Ref == ref && d.Label != "" {
			if d.Slot > 0 {
				return d.Label + " ·" + strconv.Itoa(d.Slot)
			}
			return d.Label
		}
	}
	return w.words.say("shell_unknown_device")
}

func subaccountName(subaccounts []domain.Subaccount, id domain.SubaccountID) string {
	for _, s := range subaccounts {
		if s.ID == id {
			return s.Name
		}
	}
	return ""
}

// listenToClicks has a click on a notification bring the window to the front and open the device. On Linux a dismissal may look like a
// click, so a click opens a view and does nothing else.
func (w *window) listenToClicks() {
	if err := runtime.InitializeNotifications(w.ctx); err != nil {
		w.warn(err, "the system shows no notifications")
		return
	}
	runtime.OnNotificationResponse(w.ctx, func(result runtime.NotificationResult) {
		if result.Error != nil {
			return
		}
		w.show()
		runtime.EventsEmit(w.ctx, "open-device", map[string]any{
			"subaccount": result.Response.UserInfo["subaccount"], "device": result.Response.UserInfo["device"],
		})
	})
}

//go:build !headless

package main

import (
	"fmt"
	"strconv"
	"strings"

	"waflow/backend/domain"
)

// toldAtOnce is how many devices one notification names; it says how many there are, and the window shows the rest.
const toldAtOnce = 5

// notify shows a notice as a native notification.
func (w *window) notify(n domain.Notice) {
	devices, subaccounts, err := w.opening.Load().engine.Names(w.ctx)
	if err != nil {
		w.warn(err, "a notification could not be named")
		return
	}
	first := n.Items[0].Ref
	title := w.words.Count("shell_notice_several", len(n.Items))
	several := n.Kind == domain.NoticeSeveral || n.Kind == domain.NoticeDigest
	switch {
	case n.Kind == domain.NoticeDigest:
		title = w.words.Count("shell_notice_digest", len(n.Items))
	case !several:
		title = w.words.Say("shell_notice_"+string(n.Kind), "device", w.deviceName(devices, first))
	}
	told := n.Items[:min(len(n.Items), toldAtOnce)]
	lines := make([]string, 0, len(told))
	for _, item := range told {
		line := w.words.Say("cause_" + string(item.State.Cause) + "_title")
		if several {
			line = w.deviceName(devices, item.Ref) + ": " + line
		}
		lines = append(lines, subaccountName(subaccounts, item.Ref.Subaccount)+" · "+line)
	}
	if err := w.announcer.show(announcement{id: n.ID, title: title, body: strings.Join(lines, "\n"), sound: n.Sound, of: first}); err != nil {
		w.warn(err, "the system did not take a notification")
	}
}

func (w *window) warn(err error, what string) {
	log := w.opening.Load().engine.Logger()
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
	return w.words.Say("shell_unknown_device")
}

func subaccountName(subaccounts []domain.Subaccount, id domain.SubaccountID) string {
	for _, s := range subaccounts {
		if s.ID == id {
			return s.Name
		}
	}
	return ""
}

// announcement is one notification of the system. A click on it opens the device that it is of, or the window alone.
type announcement struct {
	id          int64
	title, body string
	sound       bool
	of          domain.DeviceRef
}

// announcer shows notifications by the means of one system. The desktop program has one from its start to its end.
type announcer interface {
	show(a announcement) error
	close()
}

// opened brings the window to the front and shows the device, if it is of one: a notification was clicked.
func (w *window) opened(ref domain.DeviceRef) {
	w.desktop.Load().Show()
	if ref != (domain.DeviceRef{}) {
		w.OpenDevice(ref)
	}
}

// nameOf writes a device as what a notification hands back; refOf reads it.
func nameOf(ref domain.DeviceRef) string { return fmt.Sprintf("%d/%d", ref.Subaccount, ref.Device) }

func refOf(name string) (ref domain.DeviceRef, ok bool) {
	_, err := fmt.Sscanf(name, "%d/%d", &ref.Subaccount, &ref.Device)
	return ref, err == nil
}

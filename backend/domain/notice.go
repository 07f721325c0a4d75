package domain

import "time"

// NoticeKind says what a notification tells.
type NoticeKind string

// The kinds of notices.
const (
	NoticeOffline   NoticeKind = "offline"   // one device is Offline for longer than the setting
	NoticeAttention NoticeKind = "attention" // one device requires attention
	NoticeBack      NoticeKind = "back"      // one device that was announced is Connected again
	NoticeSeveral   NoticeKind = "several"   // several of the above at once
	NoticeDigest    NoticeKind = "digest"    // what happened while notifications were held back
)

// NoticeItem is one device in a notice.
type NoticeItem struct {
	Ref   DeviceRef
	Kind  NoticeKind // NoticeOffline, NoticeAttention or NoticeBack
	State DeviceState
}

// Notice is one native notification: one device, or several at once as one.
type Notice struct {
	ID    int64
	Kind  NoticeKind
	At    time.Time
	Items []NoticeItem // at least one; a click opens the first
	Sound bool         // it may be heard; not kept
}

// Settings are the workspace's own choices.
type Settings struct {
	Theme              string        // "system", "light", "dark"
	Language           string        // "en"; "" follows the system
	NotifyOfflineAfter time.Duration // how long a device is Offline before a notification
	ReadReceipts       bool          // tell contacts that their messages were read here
	Notify             NotifySwitch  // whether devices are told of where neither they nor their subaccounts say otherwise
	Quiet              QuietHours
	NotifySound        bool          // notifications make the system's sound, but in quiet hours
	NotifyPausedUntil  time.Time     // until when a person holds every notification back; zero if nobody does
	KeepAwake          bool          // keep the computer from sleeping while it is plugged in
	Undo               time.Duration // how long what a person sends can be taken back before it goes; one of UndoChoices
	CloseQuits         bool          // closing the window quits; else the devices stay connected
}

// DefaultSettings returns the settings of a new workspace.
func DefaultSettings() Settings {
	return Settings{
		Theme: "system", NotifyOfflineAfter: 30 * time.Second, ReadReceipts: true,
		Quiet: QuietHours{From: 22 * 60, To: 7 * 60}, Undo: MaxUndo,
	}
}

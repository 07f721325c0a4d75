package bridge

import (
	"strings"
	"time"
	"unicode"

	"github.com/rivo/uniseg"

	"waflow/backend/domain"
	"waflow/backend/inbox"
	"waflow/backend/routing"
)

// Lengths of what is shown.
const (
	previewLength = 200                 // characters of the last message in a row of the inbox
	nameLength    = 200                 // characters of a name that WhatsApp told
	clusterBytes  = 64                  // what one character may take in either
	shownBytes    = domain.MaxTextBytes // of a text in a thread, before "show more"
)

func list[D, B any](in []D, convert func(D) B) []B {
	out := make([]B, 0, len(in))
	for _, d := range in {
		out = append(out, convert(d))
	}
	return out
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func subaccountOf(s domain.Subaccount) Subaccount {
	return Subaccount{
		ID: int64(s.ID), Name: s.Name, Initials: s.Initials, Colour: string(s.Colour), Position: s.Position, Notify: string(s.Notify),
		Hours: BusinessHours(s.Hours), KeepDeleted: s.KeepDeleted, Fetch: FetchPolicy(s.Fetch),
	}
}

func unreadOf(u domain.Unread) Unread {
	return Unread{Subaccount: int64(u.Subaccount), Messages: u.Messages, Conversations: u.Conversations}
}

func deviceOf(d domain.Device) Device {
	return Device{
		ID:         int64(d.Ref.Device),
		Subaccount: int64(d.Ref.Subaccount),
		Slot:       d.Slot,
		Label:      d.Label,
		Purpose:    string(d.Purpose),
		Priority:   string(d.Priority),
		Favorite:   d.Favorite,
		Colour:     string(d.Colour),
		Number:     formatNumber(d.Account.Number),
		Name:       accountName(d.Account),
		Status:     string(d.State.Status),
		Cause:      string(d.State.Cause),
		Next:       string(d.State.Cause.Next()),
		Since:      ms(d.State.Since),
		Until:      ms(d.State.Detail.Until),
		NextTry:    ms(d.State.Detail.NextTry),
		Try:        d.State.Detail.Try,
		Reason:     d.State.Detail.Reason,
		Code:       d.State.Detail.Code,
		Step:       d.State.Detail.Step,
		Proxy:      d.State.Detail.Proxy,
		Linked:     ms(d.Linked),
		LastIn:     ms(d.LastIn),
		LastOut:    ms(d.LastOut),
		PhoneSeen:  ms(d.Phone.Seen),
		Notify:     string(d.Notify),
	}
}

func accountName(a domain.Account) string {
	if a.BusinessName != "" {
		return oneLine(a.BusinessName)
	}
	return oneLine(a.PushName)
}

func stateChangeOf(c domain.StateChange) StateChange {
	var slept int64
	if from := c.To.Detail.DownFrom; !from.IsZero() {
		slept = max(0, c.At.Sub(from).Milliseconds())
	}
	return StateChange{
		ID:     c.ID,
		At:     ms(c.At),
		End:    ms(c.Until),
		Slept:  slept,
		From:   string(c.From.Cause),
		To:     string(c.To.Cause),
		Status: string(c.To.Status),
		Until:  ms(c.To.Detail.Until),
		Try:    c.To.Detail.Try,
		Reason: c.To.Detail.Reason,
		Code:   c.To.Detail.Code,
		Proxy:  c.To.Detail.Proxy,
	}
}

func conversationOf(c domain.Conversation) Conversation {
	out := Conversation{
		ID:         int64(c.Ref.Conversation),
		Subaccount: int64(c.Ref.Subaccount),
		Title:      oneLine(c.Title),
		Number:     formatNumber(c.Peer.Number),
		Group:      c.Peer.Group != "",
		Unread:     c.Unread,
		Draft:      c.Draft,
		At:         ms(c.LastAt),
	}
	if out.Title == "" {
		out.Title = out.Number
	}
	if c.LastMessage.ID != 0 {
		last := messageOf(c.LastMessage)
		last.Text, last.Long = cut(c.LastMessage.Text, previewLength)
		out.Last = &last
	}
	return out
}

func messageOf(m domain.Message) Message {
	text, long := cutBytes(m.Text, shownBytes)
	out := Message{
		ID:           int64(m.ID),
		Conversation: int64(m.Conversation.Conversation),
		Subaccount:   int64(m.Conversation.Subaccount),
		Device:       int64(m.Device),
		Out:          m.Direction == domain.Out,
		FromPhone:    m.FromPhone,
		Operator:     int64(m.Operator),
		Kind:         string(m.Kind),
		Text:         text,
		Long:         long,
		At:           ms(m.At),
		State:        string(m.State),
		FailCode:     string(m.FailCode),
		Media:        mediaOf(m),
		Content:      contentOf(m),
		Edited:       ms(m.Edited),
		Deleted:      deletionOf(m.Deleted),
		Reactions:    reactionsOf(m.Reactions),
	}
	if m.Author != nil {
		out.Author, out.AuthorKey = personName(m.Author.Name, m.Author.Number), int64(m.Author.Contact)
	}
	return out
}

func threadOf(seq int64, t inbox.Thread) Thread {
	return Thread{
		Seq: seq, Messages: list(t.Messages, messageOf), Before: string(t.Before), After: string(t.After), Total: t.Total, More: t.More,
	}
}

func routeOf(d routing.Decision) Route {
	return Route{Device: int64(d.Device), Reason: string(d.Reason), Sends: d.Sends}
}

func noticeOf(n domain.Notice) Notice {
	return Notice{ID: n.ID, Kind: string(n.Kind), At: ms(n.At), Items: list(n.Items, func(i domain.NoticeItem) NoticeItem {
		return NoticeItem{
			Subaccount: int64(i.Ref.Subaccount),
			Device:     int64(i.Ref.Device),
			Kind:       string(i.Kind),
			Cause:      string(i.State.Cause),
		}
	})}
}

func preferencesOf(s domain.Settings) Preferences {
	return Preferences{
		Theme:                s.Theme,
		Language:             s.Language,
		NotifyOfflineAfterMs: s.NotifyOfflineAfter.Milliseconds(),
		ReadReceipts:         s.ReadReceipts,
		Notify:               string(s.Notify),
		Quiet:                Quiet(s.Quiet),
		NotifyPausedUntil:    ms(s.NotifyPausedUntil),
		NotifySound:          s.NotifySound,
		KeepAwake:            s.KeepAwake,
		UndoMs:               s.Undo.Milliseconds(),
		CloseQuits:           s.CloseQuits,
	}
}

func settingsOf(p Preferences) domain.Settings {
	// Beyond a year either way it is refused in any case; as nanoseconds it would wrap around.
	const year = 365 * 24 * 60 * 60 * 1000
	span := func(ms int64) time.Duration { return time.Duration(min(max(ms, -year), year)) * time.Millisecond }
	out := domain.Settings{
		Theme: p.Theme, Language: p.Language, NotifyOfflineAfter: span(p.NotifyOfflineAfterMs), ReadReceipts: p.ReadReceipts,
		Notify: domain.NotifySwitch(p.Notify), Quiet: domain.QuietHours(p.Quiet),
		NotifySound: p.NotifySound, KeepAwake: p.KeepAwake, Undo: span(p.UndoMs), CloseQuits: p.CloseQuits,
	}
	if p.NotifyPausedUntil > 0 {
		out.NotifyPausedUntil = time.UnixMilli(p.NotifyPausedUntil).UTC()
	}
	return out
}

// oneLine is a name that somebody else chose, as it can stand in a row: no line breaks, no controls, no override of the writing direction
// that would reach what stands beside it, not endless.
func oneLine(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, name)
	short, _ := cut(strings.Join(strings.Fields(clean), " "), nameLength)
	return short
}

// cut returns the first n characters of a text, as people count them, and whether there are more.
func cut(text string, n int) (string, bool) {
	end := 0
	state := -1
	for rest := text; rest != "" && n > 0; n-- {
		var character string
		character, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if len(character) > clusterBytes {
			break
		}
		end += len(character)
	}
	return text[:end], end < len(text)
}

// cutBytes returns the beginning of a text that is at most n bytes long, ending between code points, and whether there is more.
func cutBytes(text string, n int) (string, bool) {
	if len(text) <= n {
		return text, false
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n], true
}

func removedOf(d domain.RemovedDevice) RemovedDevice {
	return RemovedDevice{ID: int64(d.Ref.Device), Subaccount: int64(d.Ref.Subaccount), Slot: d.Slot, Label: d.Label}
}

package demo

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// maxShown is how many messages of a chat a phone shows, the newest.
const maxShown = 50

// State returns what every phone shows, in the order in which they were made.
func (d *Demo) State() []domain.SimulatedPhone {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []domain.SimulatedPhone
	for _, phone := range d.server.Phones() {
		if phone == d.behind {
			continue
		}
		out = append(out, d.viewLocked(phone))
	}
	return out
}

func (d *Demo) viewLocked(p *wasim.Phone) domain.SimulatedPhone {
	return domain.SimulatedPhone{
		Number:  bare(p.Number()),
		Name:    p.Name(),
		Ours:    d.ours[p.Number()],
		Network: !d.offline[p.Number()],
		Linked:  len(p.LinkedDevices()),
		Answers: d.answers[p.Number()],
		Chats:   d.chats(p),
	}
}

// chats returns the chats that hold something, the one with the newest message first.
func (d *Demo) chats(p *wasim.Phone) []domain.SimulatedChat {
	var out []domain.SimulatedChat
	for _, number := range p.Peers() {
		messages := p.Messages(number)
		if len(messages) == 0 {
			continue
		}
		chat := domain.SimulatedChat{Peer: bare(number), PeerName: number}
		if peer := d.server.Phone(number); peer != nil {
			chat.PeerName = peer.Name()
		} else if group, err := p.Group(number); err == nil {
			chat.PeerName = group.Subject
		}
		for _, m := range messages[max(0, len(messages)-maxShown):] {
			chat.Messages = append(chat.Messages, shownAs(m))
		}
		out = append(out, chat)
	}
	slices.SortStableFunc(out, func(a, b domain.SimulatedChat) int { return cmp.Compare(newest(b).UnixMilli(), newest(a).UnixMilli()) })
	return out
}

func shownAs(m wasim.ChatMessage) domain.SimulatedMessage {
	out := domain.SimulatedMessage{WAID: m.ID, Out: m.FromMe, Kind: kindOf(m), Text: m.Text, At: m.At, Tick: tickOf(m)}
	if out.Text == "" && m.Content != nil && m.Media != nil {
		out.Text = m.Media.FileName
	}
	return out
}

func kindOf(m wasim.ChatMessage) domain.MessageKind {
	if m.Content == nil {
		return domain.KindText
	}
	switch m.Kind {
	case wasim.KindText:
		return domain.KindText
	case wasim.KindImage:
		return domain.KindImage
	case wasim.KindVideo, wasim.KindGIF, wasim.KindVideoNote:
		return domain.KindVideo
	case wasim.KindVoice:
		return domain.KindVoice
	case wasim.KindAudio:
		return domain.KindAudio
	case wasim.KindDocument:
		return domain.KindDocument
	case wasim.KindSticker:
		return domain.KindSticker
	default:
		return domain.KindUnknown
	}
}

func newest(c domain.SimulatedChat) time.Time { return c.Messages[len(c.Messages)-1].At }

func tickOf(m wasim.ChatMessage) domain.ReceiptKind {
	switch {
	case m.State == wasim.StateDelivered:
		return domain.ReceiptDelivered
	case m.State == wasim.StateRead, !m.FromMe && m.Read:
		return domain.ReceiptRead
	}
	return ""
}

func bare(number string) string { return strings.TrimPrefix(number, "+") }

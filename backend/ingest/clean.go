package ingest

import (
	"strings"
	"time"

	"waflow/backend/domain"
)

// longestName bounds what people may call themselves, in bytes; longer names are cut, because they are shown in one line anyway.
const longestName = 512

// cleaned makes a copy of what arrived that a database can hold: texts are valid UTF-8 without the zero byte (SQLite would end them there),
// times are after the beginning of 2009, when WhatsApp began.
func cleaned(in domain.Inbound, now time.Time) domain.Inbound {
	switch {
	case in.Message != nil:
		m := *in.Message
		m.Text = valid(m.Text)
		m.PushName = name(m.PushName)
		m.At = plausible(m.At, now)
		in.Message = &m
	case in.Change != nil:
		c := *in.Change
		c.Text, c.Emoji, c.PushName = valid(c.Text), valid(c.Emoji), name(c.PushName)
		c.At = plausible(c.At, now)
		in.Change = &c
	case in.Receipt != nil:
		r := *in.Receipt
		r.At = plausible(r.At, now)
		in.Receipt = &r
	case in.History != nil:
		h := *in.History
		h.At = plausible(h.At, now)
		in.History = &h
	case in.Name != nil:
		n := *in.Name
		n.Name = name(n.Name)
		in.Name = &n
	}
	return in
}

func valid(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func name(s string) string {
	s = strings.TrimSpace(valid(s))
	if len(s) > longestName {
		s = strings.ToValidUTF8(s[:longestName], "")
	}
	return s
}

// plausible keeps WhatsApp's time; one that can't be is replaced by ours. Our own clock may be wrong by a year, so only nonsense is judged.
func plausible(at, now time.Time) time.Time {
	first := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
	if at.Before(first) || at.Year() > 9999 {
		return now
	}
	return at
}

// check refuses what nothing can be done with.
func check(in domain.Inbound) error {
	why := ""
	switch {
	case in.Message != nil && in.Message.WAID == "":
		why = "a message without an id"
	case in.Message != nil && in.Message.Chat == (domain.Peer{}):
		why = "a message without a chat"
	case in.Message != nil && in.Message.Kind != domain.KindNotice && in.Message.Chat.Group != "" && !in.Message.FromMe && in.Message.Sender == (domain.Peer{}):
		why = "a message in a group without a sender"
	case in.Change != nil && (in.Change.WAID == "" || in.Change.Target.WAID == ""):
		why = "a change without an id"
	case in.Change != nil && (in.Change.Chat == (domain.Peer{}) || in.Change.Sender == (domain.Peer{}) && !in.Change.FromMe):
		why = "a change of nobody"
	}
	if why == "" {
		return nil
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "WhatsApp sent " + why}
}

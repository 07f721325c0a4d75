package bridge

import "waflow/backend/domain"

// Rest is what people are told about the computer's sleep.
type Rest struct {
	Sleeps []SleepSpan   `json:"sleeps"` // the newest, newest first
	Late   []LateMessage `json:"late"`   // messages that were due in a sleep and wait for an answer, oldest first, 200 at most
	Waits  int           `json:"waits"`  // how many wait in all
	Awake  string        `json:"awake"`  // domain.AwakeState: whether the computer is kept awake
}

// SleepSpan is a time for which the computer slept.
type SleepSpan struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// LateMessage is a message that was due while the computer slept.
type LateMessage struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation"`
	Subaccount   int64  `json:"subaccount"`
	Device       int64  `json:"device"`
	Title        string `json:"title"`     // of the conversation
	Text         string `json:"text"`      // cut to 200 characters
	Due          int64  `json:"due"`       // when it was to go
	Uncertain    bool   `json:"uncertain"` // it may have gone before the sleep: it can't be taken back
}

func restOf(r domain.Rest) Rest {
	return Rest{
		Sleeps: list(r.Sleeps, func(s domain.Sleep) SleepSpan { return SleepSpan{From: ms(s.From), To: ms(s.To)} }),
		Late:   list(r.Late, lateOf),
		Waits:  r.Waits,
		Awake:  string(r.Awake),
	}
}

func lateOf(l domain.LateMessage) LateMessage {
	text, _ := cut(l.Message.Text, previewLength)
	return LateMessage{
		ID:           int64(l.Message.ID),
		Conversation: int64(l.Chat.Ref.Conversation),
		Subaccount:   int64(l.Chat.Ref.Subaccount),
		Device:       int64(l.Message.Device),
		Title:        conversationOf(l.Chat).Title,
		Text:         text,
		Due:          ms(l.Due),
		Uncertain:    l.Uncertain,
	}
}

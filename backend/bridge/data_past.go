package bridge

import "waflow/backend/domain"

// HistoryProgress is how far what the phone of a device hands over by itself is here. Device is its id.
type HistoryProgress struct {
	Device     int64  `json:"device"`
	Subaccount int64  `json:"subaccount"`
	Percent    int    `json:"percent"`  // how far the phone has come, as it says
	Waiting    int    `json:"waiting"`  // pieces that are not kept yet
	Refused    int    `json:"refused"`  // pieces that can't be kept
	Why        string `json:"why"`      // the code of why the last of those can't; "" if there is none
	Chats      int    `json:"chats"`    // that anything came of
	Messages   int    `json:"messages"` // that came
	Done       bool   `json:"done"`     // nothing more is to come
}

func historyOf(p domain.HistoryProgress) HistoryProgress {
	return HistoryProgress{
		Device: int64(p.Ref.Device), Subaccount: int64(p.Ref.Subaccount), Percent: p.Percent, Waiting: p.Waiting, Refused: p.Refused,
		Why: string(p.Why), Chats: p.Chats, Messages: p.Messages, Done: p.Done(),
	}
}

// Older is what asking the phones of a conversation for older messages came to.
type Older struct {
	Found  int     `json:"found"`  // messages that were not here before
	More   bool    `json:"more"`   // there may be older ones still
	Away   []int64 `json:"away"`   // devices that are not connected, so that their phones could not be asked
	Silent []int64 `json:"silent"` // devices whose phones did not answer
	Before string  `json:"before"` // the cursor of a page that begins with what came
}

func olderOf(o domain.OlderOutcome) Older {
	number := func(id domain.DeviceID) int64 { return int64(id) }
	return Older{Found: o.Found, More: o.More, Away: list(o.Away, number), Silent: list(o.Silent, number), Before: string(o.Brought)}
}

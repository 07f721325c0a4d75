package bridge

// Uptime is how much of the last days a device was up. Lengths are milliseconds.
type Uptime struct {
	Device int64   `json:"device"`
	From   int64   `json:"from"`
	To     int64   `json:"to"`
	Share  float64 `json:"share"` // 0 to 1; -1 where no time is counted, because the device was not linked
	// Business is the share of the subaccount's business hours; -1 where it has none, or none of them is counted.
	Business float64      `json:"business"`
	Down     int64        `json:"down"`
	Outages  int          `json:"outages"`
	Median   int64        `json:"median"` // of the outages that are over; 0 without one
	Strip    []StripBlock `json:"strip"`  // without gaps, oldest first
}

// StripBlock is a stretch of the strip with one status, "" before the first link.
type StripBlock struct {
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Status string `json:"status"`
}

// UptimeReport is the uptime of one device in detail.
type UptimeReport struct {
	Uptime Uptime      `json:"uptime"`
	Days   []UptimeDay `json:"days"`   // oldest first
	Causes []CauseTime `json:"causes"` // what it was down for, longest first
}

// UptimeDay is one day of a report. Share is as in Uptime.
type UptimeDay struct {
	At      int64   `json:"at"`
	Share   float64 `json:"share"`
	Down    int64   `json:"down"`
	Outages int     `json:"outages"`
}

// CauseTime is how long and how often a cause kept a device down.
type CauseTime struct {
	Cause string `json:"cause"`
	Time  int64  `json:"time"`
	Times int    `json:"times"`
}

// ChangePage is a part of a device's history, newest first.
type ChangePage struct {
	Changes []StateChange `json:"changes"`
	More    bool          `json:"more"` // there are older ones
	Gaps    []Gap         `json:"gaps"` // those that began in the time of these changes
}

// Gap is a time in which nothing could arrive at a device, and what is known of it.
type Gap struct {
	ID       int64  `json:"id"`
	From     int64  `json:"from"` // in whole seconds
	To       int64  `json:"to"`   // 0 while it lasts
	Relinked bool   `json:"relinked"`
	State    string `json:"state"`  // domain.GapState
	Late     int    `json:"late"`   // messages that arrived when it was over
	Found    int    `json:"found"`  // messages that the phone handed over when it was asked, or after a new link
	Doubts   int    `json:"doubts"` // conversations that are not compared with the phone yet, and may have a hole

	Chats []Conversation `json:"chats"` // the first of those, in a page of a gap that could not be proved
}

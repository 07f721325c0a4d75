package bridge

// SearchQuery asks for messages. 0, "" and an empty list stand for everything.
type SearchQuery struct {
	Text         string   `json:"text"`
	Subaccount   int64    `json:"subaccount"`
	Device       int64    `json:"device"`
	Conversation int64    `json:"conversation"`
	Kinds        []string `json:"kinds"`
	From         int64    `json:"from"`      // milliseconds since 1970; what counts is the second
	To           int64    `json:"to"`        // without this moment itself
	Direction    string   `json:"direction"` // "in", "out"
	Contact      int64    `json:"contact"`   // who wrote it
	Cursor       string   `json:"cursor"`    // "" or Next of the page before
	Limit        int      `json:"limit"`     // 1–200
}

// SearchPage is a part of what was found, newest first. Next is the cursor of the following page, "" at the end.
type SearchPage struct {
	Hits    []Hit  `json:"hits"`
	Next    string `json:"next"`
	Nothing bool   `json:"nothing"` // what was typed holds nothing to search for
	Unread  int    `json:"unread"`  // so many of the oldest messages have not been looked at yet
}

// Hit is a message that was found.
type Hit struct {
	Message      Message      `json:"message"`
	Conversation Conversation `json:"conversation"`
	Parts        []TextPart   `json:"parts"` // what is shown of it
}

// TextPart is a part of a text that was found, or of what stands between.
type TextPart struct {
	Text  string `json:"text"`
	Found bool   `json:"found"`
}

// NamePage holds the conversations that a name or a number found, newest first, and how many there are in all.
type NamePage struct {
	Items []Conversation `json:"items"`
	Total int            `json:"total"`
}

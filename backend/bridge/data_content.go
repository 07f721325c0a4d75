package bridge

// Content is what a message holds besides its text: parts that it does not have are null.
type Content struct {
	Reply     *Reply    `json:"reply"`
	Forwarded int       `json:"forwarded"` // 0: not, 1: forwarded, 2: many times
	Mentions  []Mention `json:"mentions"`
	Once      bool      `json:"once"`  // opens once, on the phone
	Timer     int       `json:"timer"` // seconds after which it disappears
	Preview   *Preview  `json:"preview"`
	File      *File     `json:"file"`
	Place     *Place    `json:"place"`
	Cards     []Card    `json:"cards"`
	Poll      *Poll     `json:"poll"`
	Event     *Event    `json:"event"`
	Invite    *Invite   `json:"invite"`
	Call      *Call     `json:"call"`
	Line      *Line     `json:"line"`
	Unknown   string    `json:"unknown"` // WhatsApp's own name of what only the phone shows
}

// Reply is what a message answers.
type Reply struct {
	Message int64  `json:"message"` // 0 while it is not here
	Name    string `json:"name"`    // who wrote it
	Ours    bool   `json:"ours"`
	Kind    string `json:"kind"`
	Text    string `json:"text"`
}

// Mention is a person whom the text names as "@" and a token.
type Mention struct {
	Token string `json:"token"`
	Name  string `json:"name"`
}

// Preview is a page that the text leads to.
type Preview struct {
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// File is what is known of a file without having it.
type File struct {
	MIME     string `json:"mime"`
	Name     string `json:"name"`
	Size     int64  `json:"size"` // bytes
	Seconds  int    `json:"seconds"`
	Pages    int    `json:"pages"`
	Waveform []int  `json:"waveform"` // 0–100
	Animated bool   `json:"animated"`
	Round    bool   `json:"round"`
}

// Place is a location.
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Accuracy  int     `json:"accuracy"` // metres
	Name      string  `json:"name"`
	Address   string  `json:"address"`
	Live      bool    `json:"live"`
}

// Card is a contact that was sent.
type Card struct {
	Name    string   `json:"name"`
	Numbers []string `json:"numbers"`
}

// Poll is a question with what was voted so far.
type Poll struct {
	Options []PollOption `json:"options"`
	Max     int          `json:"max"` // 0: any number
	Voters  int          `json:"voters"`
}

// PollOption is an answer that can be chosen.
type PollOption struct {
	Text  string `json:"text"`
	Votes int    `json:"votes"`
	Ours  bool   `json:"ours"`
}

// Event is something that people are invited to.
type Event struct {
	Description string `json:"description"`
	Place       string `json:"place"`
	Link        string `json:"link"`
	Starts      int64  `json:"starts"`
	Ends        int64  `json:"ends"`
	Cancelled   bool   `json:"cancelled"`
}

// Invite asks to join a group.
type Invite struct {
	Name    string `json:"name"`
	Expires int64  `json:"expires"`
}

// Call is a call that nobody took.
type Call struct {
	Video bool `json:"video"`
	Group bool `json:"group"`
}

// Line is something in a conversation that nobody wrote.
type Line struct {
	Kind    string   `json:"kind"`  // domain.LineKind
	Actor   string   `json:"actor"` // a name or a number, "" where nobody says
	Ours    bool     `json:"ours"`  // the actor is us
	People  []string `json:"people"`
	Us      bool     `json:"us"` // we are among the people
	Text    string   `json:"text"`
	Seconds int      `json:"seconds"`
}

// Reaction is an emoji on a message.
type Reaction struct {
	Emoji string `json:"emoji"`
	Count int    `json:"count"`
	Ours  bool   `json:"ours"` // one of them
}

// Deletion tells who deleted a message for everyone.
type Deletion struct {
	At   int64  `json:"at"`
	By   string `json:"by"` // "sender", "admin", "us"
	Name string `json:"name"`
}

// Version is a text that a message had before.
type Version struct {
	Text string `json:"text"`
	At   int64  `json:"at"`
}

// Remarks is who put what on a message, oldest first.
type Remarks struct {
	Reactions []Remark `json:"reactions"`
	Votes     []Remark `json:"votes"` // one for each option that somebody chose
}

// Remark is an emoji or an option, with the name of who chose it.
type Remark struct {
	What string `json:"what"`
	Name string `json:"name"`
	Ours bool   `json:"ours"`
}

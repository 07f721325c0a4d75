package bridge

// Types that cross to the interface. Times are milliseconds since 1970 (0: none), ids are numbers, lists are never null.

// AppInfo says what the window is showing.
type AppInfo struct {
	Version    string   `json:"version"`
	Mode       string   `json:"mode"`      // "desktop" or "serve"
	Demo       bool     `json:"demo"`      // the demo workspace: banner and side panel
	Simulated  bool     `json:"simulated"` // a simulator stands in for WhatsApp: striped frame and banner
	DataDir    string   `json:"dataDir"`
	Platform   string   `json:"platform"`   // "linux", "windows", "darwin"
	Problem    *Problem `json:"problem"`    // set when the workspace could not be opened; then nothing else works
	ClockWrong bool     `json:"clockWrong"` // this computer's clock is far from WhatsApp's
	Players    string   `json:"players"`    // where players get the files of messages, before "/media/…"; "" is where the page is from

	Backups []Backup `json:"backups"` // where a damaged database can be replaced: by what, newest first
}

// Backup is a copy of the database.
type Backup struct {
	Name string `json:"name"`
	At   int64  `json:"at"` // when it was made
}

// Problem is an error as it crosses: the interface chooses the sentence by code and detail, and falls back to Message.
type Problem struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Detail  map[string]string `json:"detail"`
	Action  string            `json:"action"`
}

// Snapshot is everything that the rail, the fleet and the settings show, as of sequence number Seq.
type Snapshot struct {
	Seq         int64           `json:"seq"`
	Subaccounts []Subaccount    `json:"subaccounts"`
	Devices     []Device        `json:"devices"`
	Removed     []RemovedDevice `json:"removed"` // those that conversations still name
	Unread      []Unread        `json:"unread"`  // one per subaccount that has any
	Settings    Preferences     `json:"settings"`
	Pairings    []PairingStep   `json:"pairings"`    // those going on
	Notices     []Notice        `json:"notices"`     // newest last, at most 100
	NoticesRead int64           `json:"noticesRead"` // those with a higher id are unread
	Rest        Rest            `json:"rest"`

	History []HistoryProgress `json:"history"` // of devices whose phones hand over theirs, or have
}

// Subaccount is a tile of the rail.
type Subaccount struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Initials string `json:"initials"`
	Colour   string `json:"colour"`
	Position int    `json:"position"`
	Notify   string `json:"notify"` // "": as the workspace; "on", "off"

	KeepDeleted bool          `json:"keepDeleted"` // what messages said is kept when they are deleted for everyone
	Hours       BusinessHours `json:"hours"`
	Fetch       FetchPolicy   `json:"fetch"`
}

// BusinessHours is when a subaccount does business: domain.BusinessHours.
type BusinessHours struct {
	On   bool    `json:"on"`
	Days [7]bool `json:"days"` // on which they begin, Sunday first
	From int     `json:"from"` // minutes since midnight
	To   int     `json:"to"`   // the same; on the next day where it is not after From
	Zone string  `json:"zone"` // "Europe/Lisbon"; "" is this computer's
}

// Unread is the number of unread messages and conversations of a subaccount.
type Unread struct {
	Subaccount    int64 `json:"subaccount"`
	Messages      int   `json:"messages"`
	Conversations int   `json:"conversations"`
}

// RemovedDevice is what messages are told to have come from when their device was removed and its conversations were kept.
type RemovedDevice struct {
	ID         int64  `json:"id"`
	Subaccount int64  `json:"subaccount"`
	Slot       int    `json:"slot"`
	Label      string `json:"label"`
}

// Device is a row of the fleet.
type Device struct {
	ID         int64  `json:"id"`
	Subaccount int64  `json:"subaccount"`
	Slot       int    `json:"slot"` // 0 until first linked
	Label      string `json:"label"`
	Purpose    string `json:"purpose"`
	Priority   string `json:"priority"`
	Favorite   bool   `json:"favorite"`
	Colour     string `json:"colour"` // its own mark, "" for none
	Number     string `json:"number"` // formatted internationally, "" until linked
	Name       string `json:"name"`   // business or push name
	Status     string `json:"status"`
	Cause      string `json:"cause"`
	Next       string `json:"next"` // next action
	Since      int64  `json:"since"`
	Until      int64  `json:"until"`
	NextTry    int64  `json:"nextTry"`
	Try        int    `json:"try"`
	Reason     string `json:"reason"`
	Code       int    `json:"code"`
	Step       int    `json:"step"`
	Proxy      string `json:"proxy"` // host and port of the proxy that failed; reason says why
	Linked     int64  `json:"linked"`
	LastIn     int64  `json:"lastIn"`
	LastOut    int64  `json:"lastOut"`
	PhoneSeen  int64  `json:"phoneSeen"` // when the phone of the number last gave a sign of life
	Notify     string `json:"notify"`    // "": as its subaccount; "on", "off"
}

// DeviceSettings are the editable parts of a device; a nil part stays as it is.
type DeviceSettings struct {
	Label    *string `json:"label"`
	Purpose  *string `json:"purpose"`
	Priority *string `json:"priority"`
	Favorite *bool   `json:"favorite"`
	Colour   *string `json:"colour"`
	Notify   *string `json:"notify"`
}

// RemovalLoss is what goes when a device is removed.
type RemovalLoss struct {
	Conversations int `json:"conversations"` // that only this device carried
	Shared        int `json:"shared"`        // that another device carried too; they stay
	Messages      int `json:"messages"`      // that only this device carried
	Waiting       int `json:"waiting"`       // not sent yet
	Backups       int `json:"backups"`       // copies of the database, which still hold what is erased
}

// Removal says how a device is removed.
type Removal struct {
	Erase bool   `json:"erase"` // with its conversations
	Label string `json:"label"` // what was typed to erase
}

// Removed says what became of a device that was removed.
type Removed struct {
	PhoneTold bool `json:"phoneTold"` // else a person has to remove Waflow on the phone
}

// BulkOutcome is what became of one of several devices.
type BulkOutcome struct {
	Device  int64    `json:"device"`
	Problem *Problem `json:"problem"` // why it was refused; null if it was done
}

// StateChange is one row of a device's history.
type StateChange struct {
	ID     int64  `json:"id"`
	At     int64  `json:"at"`
	End    int64  `json:"end"`   // when the next state took over; 0 while this one lasts
	Slept  int64  `json:"slept"` // milliseconds for which the computer slept before it
	From   string `json:"from"`  // cause
	To     string `json:"to"`    // cause
	Status string `json:"status"`
	Until  int64  `json:"until"`
	Try    int    `json:"try"`
	Reason string `json:"reason"`
	Code   int    `json:"code"`
	Proxy  string `json:"proxy"` // host and port of the proxy that failed; reason says why
}

// PairingStep is where a link dialog stands.
type PairingStep struct {
	Device     int64    `json:"device"`
	Subaccount int64    `json:"subaccount"`
	Kind       string   `json:"kind"` // domain.PairingKind
	QR         *QR      `json:"qr"`   // when kind is "showing"
	N          int      `json:"n"`
	Total      int      `json:"total"`
	Shown      int64    `json:"shown"`   // when this step began
	Expires    int64    `json:"expires"` // when this code runs out
	Asked      string   `json:"asked"`   // the number that a code was asked for, formatted; "" when a QR code is scanned
	Code       string   `json:"code"`    // when kind is "code": "XXXX-XXXX"
	Number     string   `json:"number"`  // who scanned, formatted
	Name       string   `json:"name"`
	Expected   string   `json:"expected"` // relink: the number that must scan, formatted
	Holder     *Holder  `json:"holder"`   // when kind is "refused"
	Problem    *Problem `json:"problem"`  // when kind is "refused" or "failed"
}

// QR is the bitmap of a QR code without quiet zone: Size × Size modules, row by row, "1" is dark.
type QR struct {
	Size int    `json:"size"`
	Bits string `json:"bits"`
}

// Holder is who already has the number that was scanned.
type Holder struct {
	Subaccount     int64  `json:"subaccount"`
	SubaccountName string `json:"subaccountName"`
	Device         int64  `json:"device"`
	DeviceLabel    string `json:"deviceLabel"`
	Slot           int    `json:"slot"`
	Number         string `json:"number"`
	Since          int64  `json:"since"`
	Conversations  int    `json:"conversations"`
}

// Conversation is a row of the inbox.
type Conversation struct {
	ID         int64    `json:"id"`
	Subaccount int64    `json:"subaccount"`
	Title      string   `json:"title"`  // the contact's name, on one line; the number where there is none, "" if only a LID is known
	Number     string   `json:"number"` // formatted; "" if only a LID is known
	Group      bool     `json:"group"`
	Unread     int      `json:"unread"`
	Draft      string   `json:"draft"`
	At         int64    `json:"at"`
	Last       *Message `json:"last"` // its text cut to 200 characters
}

// Message is a bubble of a thread.
type Message struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation"`
	Subaccount   int64  `json:"subaccount"`
	Device       int64  `json:"device"`
	Out          bool   `json:"out"`
	FromPhone    bool   `json:"fromPhone"`
	Operator     int64  `json:"operator"`
	Kind         string `json:"kind"`
	Text         string `json:"text"`
	Long         bool   `json:"long"` // Text is only its beginning: Inbox.FullText has the rest
	At           int64  `json:"at"`
	State        string `json:"state"`
	FailCode     string `json:"failCode"`
	Media        *Media `json:"media"` // of its file, null if it has none

	Author    string     `json:"author"`    // in a group: who wrote it, a name or a number, "" where it is ours
	AuthorKey int64      `json:"authorKey"` // of the author, to tell them apart
	Content   *Content   `json:"content"`   // what it holds besides the text, null if nothing
	Edited    int64      `json:"edited"`    // when the text was last changed; Inbox.Versions has the earlier ones
	Deleted   *Deletion  `json:"deleted"`   // null unless it was deleted for everyone
	Reactions []Reaction `json:"reactions"`
}

// ConversationPage is a part of the inbox, newest first. Next is the cursor of the following page, "" at the end.
type ConversationPage struct {
	Seq   int64          `json:"seq"`
	Items []Conversation `json:"items"`
	Next  string         `json:"next"`
	Total int            `json:"total"`
}

// Thread is a part of a conversation, oldest first. Before is the cursor of what is older, "" at the beginning.
type Thread struct {
	Seq      int64     `json:"seq"`
	Messages []Message `json:"messages"`
	Before   string    `json:"before"`
	After    string    `json:"after"` // cursor of what is newer, "" at the end
	Total    int       `json:"total"`
	More     bool      `json:"more"` // at the beginning: a phone may have older messages, see Past.Older
}

// Route says which device an answer goes from, and why.
type Route struct {
	Device int64  `json:"device"` // 0: none
	Reason string `json:"reason"` // "wrote_first", "favourite", "priority", "only", "none"
	Sends  bool   `json:"sends"`  // it can send right now; else the message waits in the outbox
}

// Preferences are the workspace's own choices.
type Preferences struct {
	Theme                string `json:"theme"`
	Language             string `json:"language"`
	NotifyOfflineAfterMs int64  `json:"notifyOfflineAfterMs"`
	ReadReceipts         bool   `json:"readReceipts"`
	Notify               string `json:"notify"` // "", "on" or "off"
	Quiet                Quiet  `json:"quiet"`
	NotifyPausedUntil    int64  `json:"notifyPausedUntil"` // 0: not paused
	NotifySound          bool   `json:"notifySound"`
	KeepAwake            bool   `json:"keepAwake"`
	UndoMs               int64  `json:"undoMs"` // how long what is sent can be taken back: 0, 3000 or 5000
	CloseQuits           bool   `json:"closeQuits"`
}

// Quiet is the part of every day in which notifications are held back, in minutes since midnight by this computer's clock.
type Quiet struct {
	On        bool `json:"on"`
	From      int  `json:"from"`
	To        int  `json:"to"`
	Attention bool `json:"attention"` // what requires attention is told nevertheless
}

// Notice is a notification about devices, several at once as one.
type Notice struct {
	ID    int64        `json:"id"`
	Kind  string       `json:"kind"`
	At    int64        `json:"at"`
	Items []NoticeItem `json:"items"`
}

// NoticeItem is one device in a notice.
type NoticeItem struct {
	Subaccount int64  `json:"subaccount"`
	Device     int64  `json:"device"`
	Kind       string `json:"kind"`
	Cause      string `json:"cause"`
}

// Batch is what changed since the one before. Batches may arrive out of order: First is the sequence number before its changes, Seq the one after.
type Batch struct {
	First   int64    `json:"first"`
	Seq     int64    `json:"seq"`
	Reset   bool     `json:"reset"` // too much changed to tell: take a new snapshot; Changes is empty
	Changes []Change `json:"changes"`
}

// Change is one thing that is new, different or gone. Topic says what Value holds.
type Change struct {
	Topic string `json:"topic"` // "subaccount", "device", "unread", "conversation", "message", "pairing", "notice", "settings", "rest", "gap", "demo"
	ID    int64  `json:"id"`
	Gone  bool   `json:"gone"`
	Value any    `json:"value"`
}

// DemoState is what the side panel shows of the simulated phones.
type DemoState struct {
	Phones []DemoPhone `json:"phones"`
}

// DemoPhone is a simulated phone: one of "ours" that can be linked, or a contact's.
type DemoPhone struct {
	Number  string     `json:"number"` // international digits with "+"
	Shown   string     `json:"shown"`  // formatted
	Name    string     `json:"name"`
	Ours    bool       `json:"ours"`
	Network bool       `json:"network"`
	Linked  int        `json:"linked"`  // companions
	Answers bool       `json:"answers"` // it reads and answers by itself
	Chats   []DemoChat `json:"chats"`
}

// DemoChat is a chat as the simulated phone shows it, oldest message first.
type DemoChat struct {
	Peer     string        `json:"peer"`
	PeerName string        `json:"peerName"`
	Messages []DemoMessage `json:"messages"`
}

// DemoMessage is a message on a simulated phone.
type DemoMessage struct {
	Kind string `json:"kind"` // domain.MessageKind
	ID   string `json:"id"`
	Out  bool   `json:"out"`
	Text string `json:"text"`
	At   int64  `json:"at"`
	Tick string `json:"tick"` // "sent", "delivered", "read"
}

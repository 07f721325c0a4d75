package domain

import "time"

// Bounds of what is kept of a message besides its words. Everything in a message was chosen by somebody else.
const (
	MaxExcerptRunes   = 200      // of a message that is answered, as its bubble shows it
	MaxLabelBytes     = 1 << 10  // of names, titles, addresses and questions
	MaxLinkBytes      = 4 << 10  // of an address of a page
	MaxThumbnailBytes = 64 << 10 // of the small picture that comes inside a message
	MaxCardBytes      = 64 << 10 // of one vCard
	MaxCards          = 100      // in one message
	MaxOptions        = 100      // of a poll; WhatsApp has 12
	MaxMentions       = 256      // in one text
	MaxWaveform       = 64       // loudness values of a voice note
)

// ForwardedOften is the score from which WhatsApp says "forwarded many times".
const ForwardedOften = 5

// Content is what a message holds besides its words: parts that it does not have are nil or zero.
type Content struct {
	Reply     *Reply   `json:"reply,omitzero"`
	Forwarded int      `json:"forwarded,omitzero"` // how often, as WhatsApp counts; at least 1 of what was forwarded
	Mentions  []Peer   `json:"mentions,omitzero"`  // whom the words name as "@number" or "@LID"
	Once      bool     `json:"once,omitzero"`      // it can be opened once, on the phone: only that it came is kept
	Timer     int      `json:"timer,omitzero"`     // seconds after which WhatsApp removes it
	Preview   *Preview `json:"preview,omitzero"`
	File      *File    `json:"file,omitzero"`
	Place     *Place   `json:"place,omitzero"`
	Cards     []Card   `json:"cards,omitzero"`
	Poll      *Poll    `json:"poll,omitzero"`
	Event     *Event   `json:"event,omitzero"`
	Invite    *Invite  `json:"invite,omitzero"`
	Call      *Call    `json:"call,omitzero"`
	Notice    *Line    `json:"notice,omitzero"`
	Unknown   string   `json:"unknown,omitzero"` // WhatsApp's own name of what it holds, such as "albumMessage"

	Thumbnail []byte `json:"thumbnail,omitzero"` // a small JPEG or PNG of a file, a page or a place
}

// Reply names the message that another one answers.
type Reply struct {
	WAID   string      `json:"waid"`
	Sender Peer        `json:"sender"` // who wrote it
	Ours   bool        `json:"ours,omitzero"`
	Kind   MessageKind `json:"kind"`
	Text   string      `json:"text,omitzero"` // its beginning, at most MaxExcerptRunes
}

// Preview is a page that the words lead to, as its sender described it.
type Preview struct {
	URL         string `json:"url"`
	Title       string `json:"title,omitzero"`
	Description string `json:"description,omitzero"`
}

// File describes a file that stays with WhatsApp until it is fetched. All of it is the sender's word.
type File struct {
	MIME     string  `json:"mime,omitzero"`
	Name     string  `json:"name,omitzero"` // of a document; no path
	Size     int64   `json:"size,omitzero"` // bytes
	Seconds  int     `json:"seconds,omitzero"`
	Width    int     `json:"width,omitzero"` // pixels
	Height   int     `json:"height,omitzero"`
	Pages    int     `json:"pages,omitzero"`
	Waveform []byte  `json:"waveform,omitzero"` // loudness from 0 to 100, at most MaxWaveform values
	Animated bool    `json:"animated,omitzero"` // a sticker that moves
	Round    bool    `json:"round,omitzero"`    // a video that was recorded as a note
	Key      FileKey `json:"key"`
}

// FileKey is what is needed to fetch a file and to know that it is the right one.
type FileKey struct {
	DirectPath string `json:"path,omitzero"`
	MediaKey   []byte `json:"key,omitzero"`
	SHA256     []byte `json:"sha256,omitzero"`
	EncSHA256  []byte `json:"encSha256,omitzero"`
}

// Place is a location.
type Place struct {
	Latitude  float64 `json:"lat"` // degrees
	Longitude float64 `json:"lng"`
	Accuracy  int     `json:"accuracy,omitzero"` // metres
	Name      string  `json:"name,omitzero"`
	Address   string  `json:"address,omitzero"`
	Live      bool    `json:"live,omitzero"`
	Sequence  int64   `json:"sequence,omitzero"` // of a live one: the highest is the newest
}

// Card is a contact that somebody sent.
type Card struct {
	Name    string   `json:"name"`
	Numbers []string `json:"numbers,omitzero"` // as they stand in the card
	VCard   string   `json:"vcard"`
}

// Poll has the options of a question; the question is the text of its message.
type Poll struct {
	Options []string `json:"options"`
	Max     int      `json:"max,omitzero"` // how many options a person may choose, 0: any number
}

// Event is something that people are invited to; its name is the text of its message.
type Event struct {
	Description string    `json:"description,omitzero"`
	Place       string    `json:"place,omitzero"`
	Link        string    `json:"link,omitzero"`
	Starts      time.Time `json:"starts"`
	Ends        time.Time `json:"ends,omitzero"`
	Cancelled   bool      `json:"cancelled,omitzero"`
}

// Invite asks to join a group.
type Invite struct {
	Group   string    `json:"group"` // user part of its JID
	Name    string    `json:"name"`
	Expires time.Time `json:"expires,omitzero"`
}

// Call is a call that nobody took.
type Call struct {
	Video bool `json:"video,omitzero"`
	Group bool `json:"group,omitzero"`
}

// Line is something in a conversation that nobody wrote.
type Line struct {
	Kind    LineKind `json:"kind"`
	Actor   Peer     `json:"actor,omitzero"` // who did it; empty where WhatsApp does not say
	Ours    bool     `json:"ours,omitzero"`  // the actor is us
	People  []Peer   `json:"people,omitzero"`
	Text    string   `json:"text,omitzero"`    // the new name or description
	Seconds int      `json:"seconds,omitzero"` // the new timer, 0: off
	Target  string   `json:"target,omitzero"`  // WhatsApp's id of the message it is about
}

// LineKind says what happened.
type LineKind string

// The kinds of lines.
const (
	LineCreated      LineKind = "created"
	LineSubject      LineKind = "subject"
	LineDescription  LineKind = "description"
	LinePicture      LineKind = "picture"
	LineAdded        LineKind = "added"   // by the actor
	LineJoined       LineKind = "joined"  // by themselves
	LineRemoved      LineKind = "removed" // by the actor
	LineLeft         LineKind = "left"
	LinePromoted     LineKind = "promoted"
	LineDemoted      LineKind = "demoted"
	LineOnlyAdmins   LineKind = "only_admins" // only admins may write
	LineEveryone     LineKind = "everyone"    // everyone may write again
	LineInfoAdmins   LineKind = "info_admins" // only admins may change name, description and picture
	LineInfoEveryone LineKind = "info_everyone"
	LineApproval     LineKind = "approval" // an admin has to let new members in
	LineNewLink      LineKind = "new_link" // the link that leads into the group is another one
	LineDeleted      LineKind = "deleted"  // the group is over
	LineTimer        LineKind = "timer"
	LinePinned       LineKind = "pinned"
	LineUnpinned     LineKind = "unpinned"
	LineNumber       LineKind = "number"        // the contact has another number
	LineSecurityCode LineKind = "security_code" // the contact has another phone, or installed WhatsApp again
)

// Empty reports whether the words are all there is.
func (c *Content) Empty() bool {
	return c == nil || c.Reply == nil && c.Forwarded == 0 && len(c.Mentions) == 0 && !c.Once && c.Timer == 0 && c.Preview == nil && c.File == nil &&
		c.Place == nil && len(c.Cards) == 0 && c.Poll == nil && c.Event == nil && c.Invite == nil && c.Call == nil && c.Notice == nil &&
		c.Unknown == "" && len(c.Thumbnail) == 0
}

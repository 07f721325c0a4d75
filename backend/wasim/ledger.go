package wasim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Address names a device of an account. Device 0 is the phone.
type Address struct {
	Number string `json:"number"` // with the plus
	Device uint16 `json:"device"`
}

// String renders an address as "+34600000013/2".
func (a Address) String() string { return fmt.Sprintf("%s/%d", a.Number, a.Device) }

// Submission is a message that the server took from a device.
type Submission struct {
	ID   string  `json:"id"`
	From Address `json:"from"`
	// Chat is the number (with the plus) or the group that the message was sent to.
	Chat string `json:"chat"`
	// At is when it was first taken.
	At time.Time `json:"at"`
	// Taken is how often the device sent it; more than once after a lost ack or as the answer to a retry receipt.
	Taken int `json:"taken"`
	// Acked is how often the server acknowledged it.
	Acked int `json:"acked"`
	// Rejected is the error code with which the server refused it, 0 if it never did.
	Rejected int `json:"rejected,omitempty"`
}

// Delivery is one message on its way to one device.
type Delivery struct {
	ID   string  `json:"id"`
	From Address `json:"from"`
	To   Address `json:"to"`
	// QueuedAt is when it was first queued.
	QueuedAt time.Time `json:"queuedAt"`
	// Queued is how often it was queued; more than once when a retry answer or an unconfirmed resend followed.
	Queued int `json:"queued"`
	// Sent is how often it was put on a connection.
	Sent int `json:"sent"`
	// Acked is how often the device acknowledged it, by an ack or by a receipt that stands for one.
	Acked int `json:"acked"`
	// AckedAt is when it was first acknowledged, zero before.
	AckedAt time.Time `json:"ackedAt,omitzero"`
	// Decrypted is how often the device decrypted it. Only phones tell; for linked devices see Receipts.
	Decrypted int `json:"decrypted"`
	// Receipts counts the receipts that the device sent for it by type: "delivered", "inactive", "sender", "read",
	// "read-self", "played", "retry", "peer_msg", "hist_sync", "server-error".
	Receipts map[string]int `json:"receipts"`
}

// Event is one line of the transcript.
type Event struct {
	At   time.Time `json:"at"`
	Who  Address   `json:"who"`
	What string    `json:"what"`
	ID   string    `json:"id,omitempty"`
}

// transcriptCap bounds how many events the transcript keeps.
const transcriptCap = 4096

// Ledger records every message: taken from whom, queued for which device, sent, acknowledged, decrypted, receipted. It
// is kept by the server and not by the clients, so it is what a test compares a client's database with. Safe for
// concurrent use. Memory grows with the number of messages unless Options.Keep bounds it (ledger_totals.go).
type Ledger struct {
	now   func() time.Time
	pulse *pulse
	keep  int // 0: everything

	mu           sync.Mutex
	totals       Totals
	submissions  map[messageKey]*Submission
	submitted    []*Submission
	bySender     map[Address]int   // how many messages the server took from a device
	firstNumbers map[string]string // of accounts that have another number now, by that number
	deliveries   map[deliveryKey]*Delivery
	byRecipient  map[recipientKey][]*Delivery
	delivered    []*Delivery
	history      []*HistoryChunk
	events       []Event
	nextEvent    int
	noted        int // events in all
}

type deliveryKey struct {
	message messageKey
	to      Address
}

// recipientKey finds a delivery from a receipt, which names the sender's account and not the sender's device.
type recipientKey struct {
	id string
	to Address
}

func newLedger(now func() time.Time, pulse *pulse, keep int) *Ledger {
	return &Ledger{
		now:          now,
		pulse:        pulse,
		keep:         keep,
		totals:       Totals{Receipts: make(map[string]int)},
		submissions:  make(map[messageKey]*Submission),
		bySender:     make(map[Address]int),
		firstNumbers: make(map[string]string),
		deliveries:   make(map[deliveryKey]*Delivery),
		byRecipient:  make(map[recipientKey][]*Delivery),
	}
}

// Filter selects deliveries. Zero fields select everything.
type Filter struct {
	ID   string
	From string // number
	To   string // number
	// ToDevice limits to one device of To when it is not nil.
	ToDevice *uint16
	// LinkedOnly leaves phones out.
	LinkedOnly bool
}

func (f Filter) matches(d *Delivery) bool {
	return (f.ID == "" || f.ID == d.ID) &&
		(f.From == "" || sameNumber(f.From, d.From.Number)) &&
		(f.To == "" || sameNumber(f.To, d.To.Number)) &&
		(f.ToDevice == nil || *f.ToDevice == d.To.Device) &&
		(!f.LinkedOnly || d.To.Device != 0)
}

// renamed makes the ledger answer for a new number of an account that it keeps under another.
func (l *Ledger) renamed(first, number string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.firstNumbers["+"+number] = "+" + first
}

// first is the number under which the ledger keeps an account.
func (l *Ledger) first(number string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first := l.firstNumbers["+"+strings.TrimPrefix(number, "+")]; first != "" {
		return first
	}
	return number
}

func sameNumber(x, y string) bool {
	return strings.TrimPrefix(x, "+") == strings.TrimPrefix(y, "+")
}

// Deliveries returns copies of the deliveries that a filter selects, in the order in which they were first queued.
func (l *Ledger) Deliveries(f Filter) []Delivery {
	f.From, f.To = l.first(f.From), l.first(f.To)
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Delivery, 0)
	for _, d := range l.candidates(f) {
		if f.matches(d) {
			c := *d
			c.Receipts = make(map[string]int, len(d.Receipts))
			maps.Copy(c.Receipts, d.Receipts)
			out = append(out, c)
		}
	}
	return out
}

// candidates are what a filter chooses from: what names a message and its device is found without looking at everything.
func (l *Ledger) candidates(f Filter) []*Delivery {
	if f.ID == "" || f.To == "" || f.ToDevice == nil {
		return l.delivered
	}
	return l.byRecipient[recipientKey{f.ID, Address{Number: "+" + strings.TrimPrefix(f.To, "+"), Device: *f.ToDevice}}]
}

// Submitted is how many messages the server took from a device, those that the ledger has forgotten included.
func (l *Ledger) Submitted(from Address) int {
	from.Number = "+" + strings.TrimPrefix(l.first(from.Number), "+")
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bySender[from]
}

// Submissions returns copies of the messages that the server took, in order; number limits them to a sender.
func (l *Ledger) Submissions(number string) []Submission {
	number = l.first(number)
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Submission, 0)
	for _, s := range l.submitted {
		if number == "" || sameNumber(number, s.From.Number) {
			out = append(out, *s)
		}
	}
	return out
}

// Unacknowledged returns the deliveries that a filter selects and that the device has not acknowledged yet.
func (l *Ledger) Unacknowledged(f Filter) []Delivery {
	return slices.DeleteFunc(l.Deliveries(f), func(d Delivery) bool { return d.Acked > 0 })
}

// Events returns the last events, oldest first.
func (l *Ledger) Events() []Event {
	events, _ := l.recent()
	return events
}

// recent returns the last events, oldest first, and how many there have been in all.
func (l *Ledger) recent() ([]Event, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(append(make([]Event, 0, len(l.events)), l.events[l.nextEvent:]...), l.events[:l.nextEvent]...), l.noted
}

// Book is the whole ledger as plain data.
type Book struct {
	Submissions []Submission `json:"submissions"`
	Deliveries  []Delivery   `json:"deliveries"`
	Events      []Event      `json:"events"`
}

// Book copies the ledger.
func (l *Ledger) Book() Book {
	return Book{Submissions: l.Submissions(""), Deliveries: l.Deliveries(Filter{}), Events: l.Events()}
}

// MarshalJSON renders the ledger as its Book.
func (l *Ledger) MarshalJSON() ([]byte, error) { return json.Marshal(l.Book()) }

func (l *Ledger) noteLocked(who Address, what, id string) {
	defer l.pulse.beat()
	l.noted++
	e := Event{At: l.now(), Who: who, What: what, ID: id}
	if len(l.events) < transcriptCap {
		l.events = append(l.events, e)
		return
	}
	l.events[l.nextEvent] = e
	l.nextEvent = (l.nextEvent + 1) % transcriptCap
}

func (l *Ledger) note(who Address, what, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noteLocked(who, what, id)
}

func (l *Ledger) taken(k messageKey, chat string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.submissions[k]
	if s == nil {
		s = &Submission{ID: k.id, From: k.from, Chat: chat, At: l.now()}
		l.submissions[k] = s
		l.submitted = append(l.submitted, s)
		l.bySender[k.from]++
		l.totals.Submissions++
		l.forgetSubmissions()
	}
	s.Taken++
	l.totals.Taken++
	l.noteLocked(k.from, "wrote to "+chat, k.id)
}

func (l *Ledger) ackedSender(k messageKey, times, rejected int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.submissions[k]; s != nil {
		s.Acked += times
		s.Rejected = cmp.Or(rejected, s.Rejected)
	}
}

// delivery finds a delivery. It is nil for one that was settled and forgotten.
func (l *Ledger) delivery(k messageKey, to Address) *Delivery {
	return l.deliveries[deliveryKey{k, to}]
}

func (l *Ledger) queued(k messageKey, to Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Queued++
	d := l.delivery(k, to)
	if d == nil {
		d = &Delivery{ID: k.id, From: k.from, To: to, QueuedAt: l.now()}
		l.deliveries[deliveryKey{k, to}] = d
		l.delivered = append(l.delivered, d)
		byRecipient := recipientKey{k.id, to}
		l.byRecipient[byRecipient] = append(l.byRecipient[byRecipient], d)
		l.totals.Deliveries++
		l.totals.Waiting++
		l.forgetDeliveries()
	}
	d.Queued++
}

func (l *Ledger) sent(k messageKey, to Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Sent++
	if d := l.delivery(k, to); d != nil {
		d.Sent++
	}
	l.noteLocked(to, "was sent", k.id)
}

func (l *Ledger) acked(k messageKey, by Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Acked++
	if d := l.delivery(k, by); d != nil {
		if d.Acked++; d.Acked == 1 {
			d.AckedAt = l.now()
			l.totals.Waiting--
		}
	}
	l.noteLocked(by, "acknowledged", k.id)
}

func (l *Ledger) decrypted(k messageKey, by Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Decrypted++
	if d := l.delivery(k, by); d != nil {
		d.Decrypted++
	}
	l.noteLocked(by, "decrypted", k.id)
}

// receipted counts a receipt for a message of an account that was delivered to the device that sends it.
func (l *Ledger) receipted(sender, id string, by Address, kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.totals.Receipts[kind]++
	for _, d := range l.byRecipient[recipientKey{id, by}] {
		if sameNumber(d.From.Number, sender) {
			if d.Receipts == nil {
				d.Receipts = make(map[string]int)
			}
			d.Receipts[kind]++
		}
	}
	switch kind {
	case "peer_msg", "hist_sync", "server-error":
		l.chunkReceipted(id, by, kind)
	}
	l.noteLocked(by, "sent receipt "+kind+" for", id)
}

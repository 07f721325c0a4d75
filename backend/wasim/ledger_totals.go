package wasim

import (
	"maps"
	"slices"
)

// Totals are the sums over everything that the ledger has ever recorded, what it has forgotten included. When a message
// was queued, sent and acknowledged exactly once for each of its devices, then Deliveries, Queued, Sent and Acked agree.
type Totals struct {
	// Submissions is how many messages the server took, and Taken how often: resent ones count again.
	Submissions int `json:"submissions"`
	Taken       int `json:"taken"`
	// Deliveries is how many pairs of a message and a device there were; the others count like the fields of Delivery.
	Deliveries int            `json:"deliveries"`
	Queued     int            `json:"queued"`
	Sent       int            `json:"sent"`
	Acked      int            `json:"acked"`
	Decrypted  int            `json:"decrypted"`
	Receipts   map[string]int `json:"receipts"`
	// Waiting is how many deliveries their device has not acknowledged yet.
	Waiting int `json:"waiting"`
	// Kept is how many deliveries the ledger still has in detail.
	Kept int `json:"kept"`
}

// Totals sums up the ledger.
func (l *Ledger) Totals() Totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.totals
	t.Receipts = maps.Clone(t.Receipts)
	t.Kept = len(l.delivered)
	return t
}

// A ledger that is bounded forgets the oldest of what is over and done with: deliveries that their device has acknowledged,
// and messages that the server has acknowledged. What still waits is kept however much it is, so a loss is never forgotten.
// It forgets in bulk, when there is twice as much as it shall keep, so that each message is looked at only a few times.

func (l *Ledger) forgetDeliveries() {
	if !l.full(len(l.delivered)) {
		return
	}
	l.delivered = forgetOldest(l.delivered, l.keep, func(d *Delivery) bool {
		if d.Acked == 0 {
			return false
		}
		delete(l.deliveries, deliveryKey{messageKey{d.From, d.ID}, d.To})
		recipient := recipientKey{d.ID, d.To}
		rest := slices.DeleteFunc(l.byRecipient[recipient], func(other *Delivery) bool { return other == d })
		if len(rest) == 0 {
			delete(l.byRecipient, recipient)
		} else {
			l.byRecipient[recipient] = rest
		}
		return true
	})
}

func (l *Ledger) forgetSubmissions() {
	if !l.full(len(l.submitted)) {
		return
	}
	l.submitted = forgetOldest(l.submitted, l.keep, func(s *Submission) bool {
		if s.Acked == 0 {
			return false
		}
		delete(l.submissions, messageKey{s.From, s.ID})
		return true
	})
}

// full tells whether it is time to forget.
func (l *Ledger) full(n int) bool {
	return l.keep > 0 && n >= 2*l.keep && n%l.keep == 0
}

// forgetOldest drops entries from the front that forget agrees to, until no more than keep are left.
func forgetOldest[T any](entries []*T, keep int, forget func(*T) bool) []*T {
	surplus := len(entries) - keep
	kept := entries[:0:0]
	for _, e := range entries {
		if surplus > 0 && forget(e) {
			surplus--
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
)

// A link ends with WhatsApp's demand for a second login (515). Two things about it are ours to see to:
//
//   - The demand may be handled before the library has noticed that its last word of the pairing went out. Whoever ends the
//     connection then makes it believe that the pairing failed, and delete the session that WhatsApp has just made. So
//     SessionLoginAgain is told after PairSucceeded, never before.
//   - The connection may end before the demand comes, and the library says nothing about that. So SessionLoginAgain is told
//     without it after loginAgainAfter.
const loginAgainAfter = 5 * time.Second

// linking is how far the pairing on the present connection has come. Guarded by Client.mu.
type linking struct {
	refusal  error // what the guard said to the scanned number
	paired   bool  // or linked before: WhatsApp demands a second login at other times, too
	demanded bool  // the second login was demanded before the pairing was through
	told     bool  // SessionLoginAgain
	timer    *time.Timer
}

func (l *linking) stop() {
	if l.timer != nil {
		l.timer.Stop()
	}
}

// secondLoginDue notes WhatsApp's demand for a second login and tells whether to report it now.
func (c *Client) secondLoginDue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.demanded = true
	return c.tellOnce()
}

// tellOnce tells whether the second login is due and has not been reported on this connection. The caller holds Client.mu.
func (c *Client) tellOnce() bool {
	if !c.link.paired || c.link.told || c.closed {
		return false
	}
	c.link.told = true
	c.link.stop()
	return true
}

// paired notes that the pairing is through, and reports the second login if it was demanded, or when it should have been.
func (c *Client) paired() {
	c.mu.Lock()
	c.link.paired = true
	if !c.link.demanded {
		connection := c.dial
		c.link.timer = time.AfterFunc(loginAgainAfter, func() { c.missSecondLogin(connection) })
		c.mu.Unlock()
		return
	}
	due := c.tellOnce()
	c.mu.Unlock()
	if due {
		c.emit(domain.SessionEvent{Kind: domain.SessionLoginAgain})
	}
}

// missSecondLogin reports a second login that was not demanded, unless the connection has been replaced meanwhile.
func (c *Client) missSecondLogin(connection *dial) {
	if !c.begin() {
		return
	}
	defer c.work.Done()
	c.mu.Lock()
	due := c.dial == connection && c.tellOnce()
	c.mu.Unlock()
	if due {
		c.emit(domain.SessionEvent{Kind: domain.SessionLoginAgain})
	}
}

// guardNumber asks the guard while the phone waits. Without an answer, and after a panic, the number is refused, and the
// library tells the phone so.
func (c *Client) guardNumber(jid types.JID, platform, businessName string) (allowed bool) {
	if !c.begin() {
		return false
	}
	defer c.work.Done()
	account := domain.Account{Number: jid.User, Platform: platform, BusinessName: businessName}
	err := error(linkFailed("refused", "The number could not be checked. Nothing was linked.", nil))
	defer func() {
		if reason := recover(); reason != nil {
			c.log.Error().Type("reason", reason).Msg("the number guard panicked")
			allowed = false
		}
		c.mu.Lock()
		c.link.refusal = err
		c.mu.Unlock()
		if allowed {
			c.emit(domain.SessionEvent{Kind: domain.PairLinking, Account: account})
		}
	}()
	ctx, cancel := context.WithTimeout(c.ctx, deadline)
	defer cancel()
	err = c.handlers.Guard(ctx, account)
	return err == nil
}

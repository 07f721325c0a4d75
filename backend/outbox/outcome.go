package outbox

import (
	"context"
	"errors"
	"time"

	"waflow/backend/domain"
)

// outcome is what is known of a message after a try to send it.
type outcome int

const (
	gone      outcome = iota // WhatsApp has it
	notGone                  // it certainly did not go
	refused                  // it will never go
	uncertain                // it may have gone
)

// After so many tries that ended in an error we do not know, on a device that was connected, a message is given up. Lost acks and lost
// connections do not count: those are the network's.
const giveUpAfter = 8

// judge says what the answer of a try means, and for a refusal the code that people's words go by.
func judge(err error, tries int) (outcome, domain.Code) {
	if err == nil {
		return gone, ""
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return uncertain, ""
	}
	switch code := domain.CodeOf(err); code {
	case domain.CodeNotConnected, domain.CodeNoDevice:
		return notGone, ""
	case domain.CodeSendFailed, domain.CodeRecipientUnknown, domain.CodeTextEmpty, domain.CodeTextTooLong, domain.CodeInvalid:
		return refused, code
	}
	if tries+1 >= giveUpAfter {
		return refused, domain.CodeSendFailed
	}
	return uncertain, ""
}

// pause is how long a conversation waits after an uncertain try before the next one, unless the device connects anew first.
func pause(tries int) time.Duration {
	const first, longest = 2 * time.Second, 2 * time.Minute
	if tries > 6 {
		return longest
	}
	return min(first<<max(tries, 0), longest)
}

package outbox

import (
	"context"
	"errors"
	"time"

	"waflow/backend/domain"
)

// giveUpAfter is how many tries may leave a message uncertain before an error that we do not know counts as a refusal: a message that
// WhatsApp never takes must not hold up its conversation for ever. A lost ack is never such an error.
const giveUpAfter = 8

// judge says what the answer of a try means, and for a refusal the code that people's words go by.
func judge(err error, tries int) (domain.SendOutcome, domain.Code) {
	if err == nil {
		return domain.SendGone, ""
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return domain.SendUncertain, ""
	}
	switch code := domain.CodeOf(err); code {
	case domain.CodeSendUncertain:
		return domain.SendUncertain, ""
	case domain.CodeNotConnected, domain.CodeNoDevice, domain.CodeNotFound, domain.CodeStorageFailed:
		return domain.SendNotGone, ""
	case domain.CodeSendFailed, domain.CodeRecipientUnknown, domain.CodeTextEmpty, domain.CodeTextTooLong, domain.CodeInvalid:
		return domain.SendRefused, code
	}
	if tries+1 >= giveUpAfter {
		return domain.SendRefused, domain.CodeSendFailed
	}
	return domain.SendUncertain, ""
}

// pause is how long a conversation waits after a try that failed before the next one, unless the device connects anew first.
func pause(tries int) time.Duration {
	const first, longest = 2 * time.Second, 2 * time.Minute
	if tries > 6 {
		return longest
	}
	return min(first<<max(tries, 0), longest)
}

package whatsapp

import (
	"context"
	"errors"

	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
)

// codeDisplay is how this companion calls itself on the phone while a code is typed. WhatsApp takes only the form "Browser (System)", with
// browsers and systems that it knows.
const codeDisplay = "Chrome (Linux)"

// PairCode asks WhatsApp for the code that links the phone with that number (international digits), "XXXX-XXXX". The connection must have told
// PairCodes; the code lives as long as those. The phone shows its owner a notification that leads to where the code is typed. Errors are
// *domain.Error with CodeLinkFailed; Detail "reason" is "code_limited" when WhatsApp wants us to wait, "code_refused" when it gives this number
// none, "no_answer" when ctx ended or the connection did.
func (c *Client) PairCode(ctx context.Context, number string) (string, error) {
	if !c.begin() {
		return "", conflict("The session is closed.", errClosed)
	}
	defer c.work.Done()
	code, err := c.wa.PairPhone(ctx, number, true, whatsmeow.PairClientChrome, codeDisplay)
	if err != nil {
		return "", codeFailed(err)
	}
	return code, nil
}

func codeFailed(err error) *domain.Error {
	var refused *whatsmeow.IQError
	switch {
	case errors.Is(err, whatsmeow.ErrIQRateOverLimit):
		failed := linkFailed("code_limited", "WhatsApp gives no more codes for this number for now.", err)
		failed.Action = domain.ActionRetry
		return failed
	case errors.As(err, &refused), errors.Is(err, whatsmeow.ErrPhoneNumberTooShort), errors.Is(err, whatsmeow.ErrPhoneNumberIsNotInternational):
		return linkFailed("code_refused", "WhatsApp gives no code for this number.", err)
	default:
		return linkFailed("no_answer", "WhatsApp did not answer with a code.", err)
	}
}

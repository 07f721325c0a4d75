package whatsapp

import (
	"errors"
	"strings"

	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
)

// dialFailed says what the error of a dial means, where it does not say so itself.
func (s *Service) dialFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, whatsmeow.ErrAlreadyConnected):
		return conflict("The device is connected already.", err)
	case outOfPeriod(err) && s.clockOff():
		return &domain.Error{
			Code: domain.CodeClockWrong, Message: "This computer's clock makes WhatsApp's certificates invalid.",
			Action: domain.ActionSetClock, Err: err,
		}
	default:
		return err
	}
}

// outOfPeriod tells whether the handshake failed because the certificates of WhatsApp's own protocol are not valid now. The library
// checks them by this computer's clock and has no type for that (checkCertValidity in its handshake.go).
func outOfPeriod(err error) bool {
	text := err.Error()
	return strings.Contains(text, "certificate not valid yet") || strings.Contains(text, "certificate expired")
}

// clockOff tells whether this computer's clock may be to blame: not where WhatsApp's answers show that it is right.
func (s *Service) clockOff() bool {
	offset, known := s.ClockOffset()
	return !known || offset.Abs() > ClockTolerance
}

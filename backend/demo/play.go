package demo

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// maxName is the longest name of an added phone, in code points.
const maxName = 60

// Scan holds a phone in front of the QR code that a device's link dialog shows, or types the code that it shows into the phone, and returns
// when the link has succeeded. Errors: not_found (no such phone, or no code is shown), not_connected, link_failed (the code ran out, or is
// for another phone), conflict (the application refused the number, which its dialog tells; or the phone has four linked devices).
func (d *Demo) Scan(ctx context.Context, number string, device domain.DeviceID) error {
	phone, err := d.connected(number)
	if err != nil {
		return err
	}
	shown, ok := d.config.Shown(device)
	if !ok {
		return &domain.Error{Code: domain.CodeNotFound, Message: "No link dialog shows a code.", Detail: map[string]string{"why": "no_code"}}
	}
	enter := phone.Scan
	if shown.Kind == domain.PairingCode {
		enter = phone.EnterCode
	}
	result, err := enter(ctx, shown.Code)
	d.changed()
	switch {
	case errors.Is(err, wasim.ErrTooManyDevices):
		return &domain.Error{Code: domain.CodeConflict, Message: "This phone has four linked devices already.", Detail: map[string]string{"why": "four_devices"}, Err: err}
	case err != nil:
		return &domain.Error{Code: domain.CodeLinkFailed, Message: "The code was no longer valid when it was scanned.", Err: err}
	case !result.Linked:
		return &domain.Error{Code: domain.CodeConflict, Message: "The number was refused. The link dialog says why.", Detail: map[string]string{"why": "refused"}}
	}
	return nil
}

// Write sends a text from one phone to another; the text is taken as it is. Errors: not_found, not_connected, text_empty, text_too_long.
func (d *Demo) Write(ctx context.Context, from, to, text string) error {
	phone, err := d.connected(from)
	if err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(text) == "":
		return &domain.Error{Code: domain.CodeTextEmpty, Message: "The message has no text."}
	case len(text) > domain.MaxTextBytes:
		return &domain.Error{Code: domain.CodeTextTooLong, Message: "The text is longer than 64 KB.", Action: domain.ActionShorten}
	case !utf8.ValidString(text):
		return &domain.Error{Code: domain.CodeInvalid, Message: "The text is not valid UTF-8.", Detail: map[string]string{"field": "text"}}
	}
	_, err = phone.SendText(ctx, to, text)
	return notFound(err)
}

// Read opens a chat on a phone, so that who wrote sees it read. Errors: not_found, not_connected.
func (d *Demo) Read(_ context.Context, number, peer string) error {
	phone, err := d.connected(number)
	if err != nil {
		return err
	}
	_, err = phone.MarkRead(peer)
	d.changed()
	return notFound(err)
}

// SetNetwork switches a phone's network. Off, a contact's phone receives nothing, and the devices linked to one of ours lose their
// connection, as when the computer they run on loses its network. Errors: not_found.
func (d *Demo) SetNetwork(_ context.Context, number string, on bool) error {
	phone, err := d.phone(number)
	if err != nil {
		return err
	}
	d.mu.Lock()
	ours := d.ours[phone.Number()]
	before := !d.offline[phone.Number()]
	d.offline[phone.Number()] = !on
	d.mu.Unlock()
	if before == on {
		return nil
	}
	if ours {
		phone.SetNetwork(on)
	} else {
		phone.SetOwnNetwork(on)
	}
	d.changed()
	return nil
}

// Unlink removes every linked device on a phone. Errors: not_found.
func (d *Demo) Unlink(_ context.Context, number string) error {
	phone, err := d.phone(number)
	if err != nil {
		return err
	}
	phone.UnlinkAll()
	d.changed()
	return nil
}

// TakeOver lets another program use the sessions of the devices linked to a phone, as a copy of their files would. Errors: not_found; conflict
// when none is connected.
func (d *Demo) TakeOver(_ context.Context, number string) error {
	phone, err := d.phone(number)
	if err != nil {
		return err
	}
	taken := 0
	for _, device := range phone.LinkedDevices() {
		if device.Connected && phone.Replace(device.ID) == nil {
			taken++
		}
	}
	d.changed()
	if taken == 0 {
		return &domain.Error{Code: domain.CodeConflict, Message: "No connected device is linked to this phone.", Detail: map[string]string{"why": "not_linked"}}
	}
	return nil
}

func (d *Demo) phone(number string) (*wasim.Phone, error) {
	if phone := d.server.Phone(number); phone != nil {
		return phone, nil
	}
	return nil, noPhone(nil)
}

// connected returns a phone whose network is on.
func (d *Demo) connected(number string) (*wasim.Phone, error) {
	phone, err := d.phone(number)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.offline[phone.Number()] {
		return nil, &domain.Error{Code: domain.CodeNotConnected, Message: "This phone has no network."}
	}
	return phone, nil
}

func notFound(err error) error {
	if errors.Is(err, wasim.ErrUnknownNumber) || errors.Is(err, wasim.ErrBadNumber) {
		return noPhone(err)
	}
	return err
}

func noPhone(err error) error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "No simulated phone has this number.", Err: err}
}

func cleanName(raw string) (string, error) {
	name := strings.Join(strings.Fields(raw), " ")
	shown := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
	if !shown || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || utf8.RuneCountInString(name) > maxName {
		return "", &domain.Error{Code: domain.CodeInvalid, Message: "The name has 1 to 60 characters.", Detail: map[string]string{"field": "name"}}
	}
	return name, nil
}

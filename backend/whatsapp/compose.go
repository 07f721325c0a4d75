package whatsapp

import (
	"crypto/rand"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// messageSecretSize is the length of the secret that later reactions, votes and edits of a message are encrypted with.
const messageSecretSize = 32

// Compose makes a text message ready to go: its id on WhatsApp and its final protobuf (waE2E.Message). Both are chosen
// before the first try, so that a message whose sending was uncertain goes again as the same one.
// Errors are *domain.Error: CodeTextEmpty for a text that shows nothing, CodeTextTooLong over domain.MaxTextBytes, and
// CodeInvalid for one that is no UTF-8.
func (s *Service) Compose(text string) (waid string, payload []byte, err error) {
	switch {
	case len(text) > domain.MaxTextBytes:
		return "", nil, &domain.Error{
			Code:    domain.CodeTextTooLong,
			Message: "The text is too long to send.",
			Detail:  map[string]string{"bytes": strconv.Itoa(len(text)), "limit": strconv.Itoa(domain.MaxTextBytes)},
			Action:  domain.ActionShorten,
		}
	case !utf8.ValidString(text):
		return "", nil, &domain.Error{Code: domain.CodeInvalid, Message: "The text holds bytes that are no characters."}
	case isBlank(text):
		return "", nil, &domain.Error{Code: domain.CodeTextEmpty, Message: "The message has no text."}
	}
	secret := make([]byte, messageSecretSize)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	payload, err = proto.Marshal(&waE2E.Message{
		Conversation:       proto.String(text),
		MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret},
	})
	if err != nil {
		return "", nil, &domain.Error{Code: domain.CodeInternal, Message: "The message could not be encoded.", Err: err}
	}
	return newMessageID(), payload, nil
}

func newMessageID() string {
	var nobody *whatsmeow.Client // ids may be drawn without an account
	return nobody.GenerateMessageID()
}

// isBlank tells whether a text would show as nothing.
func isBlank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !isInvisible(r) }) < 0
}

// isInvisible covers white space, control and format characters (zero-width ones, direction marks), combining marks that
// stand alone, and the few letters and symbols that are drawn as nothing.
func isInvisible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800', '\u034f', '\u17b4', '\u17b5':
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}

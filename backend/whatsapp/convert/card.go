package convert

import (
	"cmp"
	"strings"

	"github.com/emersion/go-vcard"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"waflow/backend/domain"
)

// mostNumbers bounds how many numbers of one card are shown.
const mostNumbers = 20

// cardOf reads a contact that somebody sent. The card is kept whole, unless it is larger than cards are.
func cardOf(m *waE2E.ContactMessage) domain.Card {
	card := domain.Card{Name: label(m.GetDisplayName())}
	raw := valid(m.GetVcard())
	if len(raw) > domain.MaxCardBytes {
		return card
	}
	card.VCard = raw
	parsed := parseCard(raw)
	card.Name = cmp.Or(card.Name, label(parsed.PreferredValue(vcard.FieldFormattedName)))
	for _, field := range parsed[vcard.FieldTelephone] {
		if number := label(field.Value); number != "" && len(card.Numbers) < mostNumbers {
			card.Numbers = append(card.Numbers, number)
		}
	}
	return card
}

// parseCard reads a card as far as it can be read. Lines that were folded are joined first: the library would copy the beginning of one again
// with each of its parts.
func parseCard(raw string) (card vcard.Card) {
	defer func() {
		if recover() != nil { // a card is somebody else's text, and the library is not known to withstand every one
			card = nil
		}
	}()
	unfolded := strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(raw)
	card, err := vcard.NewDecoder(strings.NewReader(unfolded)).Decode()
	if err != nil && card == nil {
		return nil
	}
	return card
}

package bridge

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"waflow/backend/domain"
)

// maxDigits is the longest number that is looked at: E.164 allows 15 digits, some networks use a few more.
const maxDigits = 20

// longestWritten is the longest text that is read as a number.
const longestWritten = 40

// formatNumber writes international digits as people do: "34600000001" becomes "+34 600 00 00 01". Digits of no known plan stay together
// behind a plus; what is no number at all becomes "".
func formatNumber(digits string) string {
	if digits == "" || len(digits) > maxDigits || strings.ContainsFunc(digits, notDigit) {
		return ""
	}
	plain := "+" + digits
	number, err := phonenumbers.Parse(plain, "")
	if err != nil {
		return plain
	}
	formatted := phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
	// The library drops what it takes for a prefix; a number that lost digits would be somebody else's.
	if onlyDigits(formatted) != digits {
		return plain
	}
	return formatted
}

// writtenNumber reads an international number as people write it and returns its digits. It begins with "+" or "00": a national number could be
// taken for one of another country, and WhatsApp would be asked about a stranger's. Whether the number is in use at all only WhatsApp knows.
// Errors: invalid with the detail "why": "country" when it does not begin like that, or no country does, else "length".
func writtenNumber(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > longestWritten || strings.ContainsFunc(text, strangeInNumber) {
		return "", noNumber("length")
	}
	digits, international := strings.CutPrefix(onlyDigits(text), "00")
	if !international && !strings.Contains(text, "+") {
		return "", noNumber("country")
	}
	number, err := phonenumbers.Parse("+"+digits, "")
	if err != nil {
		return "", noNumber("country")
	}
	// What is longer or shorter than any number of its country is a slip; the plans themselves change too often to be asked for more.
	if !phonenumbers.IsPossibleNumber(number) || onlyDigits(phonenumbers.Format(number, phonenumbers.E164)) != digits {
		return "", noNumber("length")
	}
	return digits, nil
}

// strangeInNumber reports what nobody writes in a phone number.
func strangeInNumber(r rune) bool {
	return notDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune("+-–.()/\u202a\u202c", r)
}

func noNumber(why string) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: "This is no international phone number.", Detail: map[string]string{"field": "number", "why": why}}
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if notDigit(r) {
			return -1
		}
		return r
	}, s)
}

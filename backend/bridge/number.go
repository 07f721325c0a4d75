package bridge

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxDigits is the longest number that is looked at: E.164 allows 15 digits, some networks use a few more.
const maxDigits = 20

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

func notDigit(r rune) bool { return r < '0' || r > '9' }

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if notDigit(r) {
			return -1
		}
		return r
	}, s)
}

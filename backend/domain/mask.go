package domain

import (
	"strings"
	"unicode"
)

// shortNumber is the fewest digits that may be somebody's number; ids, ports and sizes are shorter.
const shortNumber = 7

// maxBetween is how many signs may stand between two digits of a number, as in "+1 (555) 123-4567".
const maxBetween = 3

// Masked is a text for a log or a report, with all but the last two digits of everything hidden that may be a phone number: in the digits of
// any script, written without a break or with spaces, dots, hyphens, slashes, brackets and invisible signs in between.
func Masked(text string) string {
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); {
		end, digits := numberAt(runes, i)
		switch {
		case len(digits) >= shortNumber:
			out.WriteString("…" + string(digits[len(digits)-2:]))
			i = end
		case end > i:
			out.WriteString(string(runes[i:end]))
			i = end
		default:
			out.WriteRune(runes[i])
			i++
		}
	}
	return out.String()
}

// numberAt returns where a number that begins at i ends, and its digits; i and none if none begins there.
func numberAt(text []rune, i int) (end int, digits []rune) {
	end = i
	for j := i; j < len(text); j++ {
		switch r := text[j]; {
		case unicode.IsDigit(r):
			digits = append(digits, r)
			end = j + 1
		case len(digits) > 0 && j-end < maxBetween && between(r):
		default:
			return end, digits
		}
	}
	return end, digits
}

// between tells whether people, or the programs they copy from, write a sign between the digits of a number.
func between(r rune) bool {
	return strings.ContainsRune(".()/_\u2212\t", r) || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
}

package domain_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestMasked(t *testing.T) {
	tests := map[string]string{
		"":                                     "",
		"open waflow.db: disk full":            "open waflow.db: disk full",
		"read tcp 127.0.0.1:41234: reset":      "read tcp 127.0.0.1:41234: reset",
		"device 12 of 3":                       "device 12 of 3",
		"Reception ·1":                         "Reception ·1",
		"no session for 34600000012@lid":       "no session for …12@lid",
		"+34 600 000 012 is gone":              "+…12 is gone",
		"+55 11 90000-0114, again 5511900001":  "+…14, again …01",
		"1234567":                              "…67",
		"123456":                               "123456",
		"+1 (555) 123-4567":                    "+…67",
		"089/123456":                           "…56",
		"\u202a+34\u00a0600\u2013000\u2011012": "\u202a+…12",
		"٣٤٦٠٠٠٠٠٠١٢":                          "…١٢",
	}
	for text, want := range tests {
		require.Equal(t, want, domain.Masked(text))
	}
}

func TestNoNumberIsLeftInAMaskedText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{7,14}`).Draw(t, "number")
		text := rapid.String().Draw(t, "before") + number + rapid.String().Draw(t, "after")
		require.NotContains(t, domain.Masked(text), number)
		require.False(t, strings.Contains(domain.Masked(text), number[:7]) && !strings.Contains(strings.Replace(text, number, "", 1), number[:7]))
	})
}

// However a number is written, no seven of its digits are left one after the other.
func TestNoWayOfWritingANumberGetsThrough(t *testing.T) {
	digit := rapid.RuneFrom([]rune("0123456789٠١٢٣٤٥٦٧٨٩०१२३४५६७८९０１２３４５６７８９"))
	sign := rapid.StringOfN(rapid.RuneFrom([]rune(" .-()/_\u00a0\u2009\u2011\u2013\u2060\u200e\u202c")), 0, 3, -1)
	rapid.Check(t, func(t *rapid.T) {
		var number strings.Builder
		for range rapid.IntRange(7, 15).Draw(t, "digits") {
			number.WriteString(sign.Draw(t, "between"))
			number.WriteRune(digit.Draw(t, "digit"))
		}
		text := rapid.String().Draw(t, "before") + number.String() + rapid.String().Draw(t, "after")
		require.Less(t, len([]rune(strings.Map(onlyDigit, domain.Masked(number.String())))), 3)
		require.NotContains(t, domain.Masked(text), number.String())
	})
}

func onlyDigit(r rune) rune {
	if unicode.IsDigit(r) {
		return r
	}
	return -1
}

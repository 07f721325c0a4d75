package bridge

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMasked(t *testing.T) {
	tests := map[string]string{
		"":                                    "",
		"open waflow.db: disk full":           "open waflow.db: disk full",
		"read tcp 127.0.0.1:41234: reset":     "read tcp 127.0.0.1:41234: reset",
		"device 12 of 3":                      "device 12 of 3",
		"no session for 34600000012@lid":      "no session for …12@lid",
		"+34 600 000 012 is gone":             "+…12 is gone",
		"+55 11 90000-0114, again 5511900001": "+…14, again …01",
		"1234567":                             "…67",
		"123456":                              "123456",
	}
	for text, want := range tests {
		require.Equal(t, want, masked(text))
	}
}

func TestNoNumberIsLeftInAMaskedText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{7,14}`).Draw(t, "number")
		text := rapid.String().Draw(t, "before") + number + rapid.String().Draw(t, "after")
		require.NotContains(t, masked(text), number)
		require.False(t, strings.Contains(masked(text), number[:7]) && !strings.Contains(strings.Replace(text, number, "", 1), number[:7]))
	})
}

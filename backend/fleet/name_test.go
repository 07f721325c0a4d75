package fleet

import (
	"errors"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func why(err error) string {
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Code == domain.CodeInvalid {
		return coded.Detail["why"]
	}
	return ""
}

func TestCleanName(t *testing.T) {
	family := "👨‍👩‍👧‍👦"
	tests := map[string]struct{ raw, want, why string }{
		"plain":                      {"Hotel Miramar", "Hotel Miramar", ""},
		"trimmed, spaces joined":     {"  Hotel \u00a0  Miramar ", "Hotel Miramar", ""},
		"composed":                   {"Cafe\u0301", "Café", ""},
		"60 characters":              {strings.Repeat("é", 60), strings.Repeat("é", 60), ""},
		"60 families":                {strings.Repeat(family, 60), strings.Repeat(family, 60), ""},
		"61 characters":              {strings.Repeat("é", 61), "", "too_long"},
		"empty":                      {"", "", "empty"},
		"only spaces":                {" \u2003 ", "", "empty"},
		"only an invisible mark":     {"\u200d", "", "empty"},
		"only a blank letter":        {"\u3164", "", "empty"},
		"Arabic":                     {"مقهى السلام", "مقهى السلام", ""},
		"Persian with a non-joiner":  {"می\u200cخواهم", "می\u200cخواهم", ""},
		"Japanese":                   {"東京歯科", "東京歯科", ""},
		"flag of Scotland":           {"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F pub", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F pub", ""},
		"line break":                 {"Hotel\nMiramar", "", "characters"},
		"null":                       {"Hotel\x00", "", "characters"},
		"direction override":         {"Hotel \u202eramariM", "", "characters"},
		"isolate left open":          {"Hotel \u2066Miramar", "", "characters"},
		"zero-width space":           {"Hotel\u200bMiramar", "", "characters"},
		"line separator":             {"Hotel\u2028Miramar", "", "characters"},
		"not UTF-8":                  {"Hotel\xff", "", "characters"},
		"marks piled on one another": {"Z" + strings.Repeat("\u0335", 40), "", "characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := cleanName("name", tt.raw)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.why, why(err))
			require.Equal(t, tt.why == "", err == nil)
		})
	}
}

func TestCleanNameProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, err := cleanName("name", rapid.String().Draw(t, "raw"))
		if err != nil {
			return
		}
		count := uniseg.GraphemeClusterCount(name)
		require.True(t, 1 <= count && count <= maxName)
		require.Equal(t, strings.TrimSpace(name), name)
		again, err := cleanName("name", name)
		require.NoError(t, err)
		require.Equal(t, name, again, "cleaning twice changes nothing")
	})
}

func TestSameName(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{"Hotel Miramar", "hotel miramar", true},
		{"STRASSE", "straße", true},
		{"ΣΊΣΥΦΟΣ", "σίσυφος", true},
		{"Ｈｏｔｅｌ", "Hotel", true},
		{"Hotel\u200e", "Hotel", true},
		{"Hotel", "Hostel", false},
		{"Café", "Cafe", false},
	}
	for _, tt := range tests {
		require.Equal(t, tt.same, sameName(tt.a) == sameName(tt.b), "%q and %q", tt.a, tt.b)
	}
}

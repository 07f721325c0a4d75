package fleet

import (
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestInitials(t *testing.T) {
	tests := map[string]struct {
		name  string
		taken []string
		want  string
	}{
		"two words":                       {"Hotel Miramar", nil, "HM"},
		"the first two of three":          {"Hotel Miramar Sur", nil, "HM"},
		"small words do not count":        {"Clínica do Sol", nil, "CS"},
		"nor do signs":                    {"Bikes & More", nil, "BM"},
		"only small words":                {"la casa", nil, "LC"},
		"accents stay":                    {"Élite Über", nil, "ÉÜ"},
		"one word":                        {"Bakery", nil, "BA"},
		"one letter":                      {"x", nil, "X"},
		"a hyphen parts words":            {"Rad-Tat", nil, "RT"},
		"numbers":                         {"24 Horas", nil, "2H"},
		"sharp s stays one character":     {"ß", nil, "ß"},
		"taken: a later word":             {"Hotel Miramar Sur", []string{"HM"}, "HS"},
		"taken: a later letter":           {"Hotel Miramar", []string{"HM"}, "HO"},
		"compared without case":           {"Hotel Miramar", []string{"hm"}, "HO"},
		"one letter, taken":               {"x", []string{"X"}, "X2"},
		"one word, all its pairs taken":   {"Bob", []string{"BO", "BB"}, "B2"},
		"emoji behind letters":            {"Sol 🦷", nil, "SO"},
		"only emoji":                      {"🦷🚲", nil, "🦷"},
		"only emoji, taken":               {"🦷🚲", []string{"🦷"}, "🦷🚲"},
		"a family is one character":       {"👨‍👩‍👧‍👦", nil, "👨‍👩‍👧‍👦"},
		"a flag is one character":         {"🇧🇷", nil, "🇧🇷"},
		"Japanese":                        {"東京歯科", nil, "東"},
		"Japanese, taken":                 {"東京歯科", []string{"東"}, "東京"},
		"Arabic":                          {"مقهى السلام", nil, "ما"},
		"Hebrew":                          {"קפה שלום", nil, "קש"},
		"Devanagari keeps its vowels":     {"हिन्दी भाषा", nil, "हिभा"},
		"letters with marks of their own": {"e\u0301cole", nil, "É" + "C"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean, err := cleanName("name", tt.name)
			require.NoError(t, err)
			require.Equal(t, tt.want, Initials(clean, tt.taken))
		})
	}
}

func TestInitialsAreShortAndUniqueWhateverTheNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[A-C][a-c]{0,2}( [A-C])?`),
			rapid.SampledFrom([]string{"東京", "مقهى السلام", "🦷", "🇧🇷🇪🇸", "ß", "Ǆ", "ﬁx", "İ", "-", "क्षेत्र"}),
		), 1, 40).Draw(t, "names")
		var taken []string
		seen := map[string]bool{}
		for _, raw := range names {
			name, err := cleanName("name", raw)
			if err != nil {
				continue
			}
			initials := Initials(name, taken)
			count := uniseg.GraphemeClusterCount(initials)
			require.True(t, 1 <= count && count <= 2, "%q of %q", initials, name)
			require.True(t, func() bool {
				for _, r := range initials {
					if visible(r) {
						return true
					}
				}
				return false
			}(), "%q of %q", initials, name)
			require.False(t, seen[sameName(initials)], "%q of %q is taken", initials, name)
			seen[sameName(initials)] = true
			taken = append(taken, initials)
		}
	})
}

func TestInitialsForAThousandSubaccountsOfOneName(t *testing.T) {
	var taken []string
	seen := map[string]bool{}
	for range 1000 {
		initials := Initials("A", taken)
		require.NotEmpty(t, initials)
		require.False(t, seen[initials])
		seen[initials] = true
		taken = append(taken, initials)
	}
}

func TestNextColourIsTheLeastUsedInOrder(t *testing.T) {
	var present []domain.Subaccount
	for range 2 {
		for _, want := range domain.Colours() {
			got := NextColour(present)
			require.Equal(t, want, got)
			present = append(present, domain.Subaccount{Colour: got})
		}
	}
	// Whoever lost its colour gets it back first.
	present = present[1:]
	require.Equal(t, domain.Colours()[0], NextColour(present))
}

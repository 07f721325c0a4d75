package inbox

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestAnExcerptShowsWhatWasFound(t *testing.T) {
	long := strings.Repeat("word ", 40) + "precio " + strings.Repeat("después ", 100)
	shown, ranges := excerpt(long, []domain.TextRange{{From: 200, To: 206}, {From: 400, To: 407}, {From: 1000, To: 1007}})
	require.True(t, strings.HasPrefix(shown, "…word "))
	require.True(t, strings.HasSuffix(shown, "…"))
	require.Len(t, ranges, 2)
	require.Equal(t, "precio", shown[ranges[0].From:ranges[0].To])
	require.Equal(t, long[400:407], shown[ranges[1].From:ranges[1].To])

	shown, ranges = excerpt("short precio", []domain.TextRange{{From: 6, To: 12}})
	require.Equal(t, "short precio", shown)
	require.Equal(t, []domain.TextRange{{From: 6, To: 12}}, ranges)
}

func TestAnExcerptIsShortAndWholeCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runes := []rune(rapid.StringOfN(rapid.RuneFrom([]rune("aé手 🎉\n")), 1, 600, -1).Draw(t, "text"))
		a := rapid.IntRange(0, len(runes)-1).Draw(t, "from")
		b := rapid.IntRange(a+1, min(a+20, len(runes))).Draw(t, "to")
		text, from := string(runes), len(string(runes[:a]))
		to := from + len(string(runes[a:b]))
		shown, ranges := excerpt(text, []domain.TextRange{{From: from, To: to}})
		require.True(t, utf8.ValidString(shown))
		require.LessOrEqual(t, len(shown), excerptLength+2*len(cutMark))
		require.Equal(t, text[from:to], shown[ranges[0].From:ranges[0].To])
	})
}

package words_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"waflow/backend/words"
)

func TestIndexCutsTextOfAnyLanguage(t *testing.T) {
	for _, c := range []struct{ text, index string }{
		{"", ""},
		{"¡Hola, Ana! ¿Qué tal?", "hola ana que tal"},
		{"Straße, Łódź, Ærøskøbing, Çelik, İstanbul, ısı", "strasse lodz aeroskobing celik istanbul isi"},
		{"cafe\u0301 — CAFÉ", "cafe cafe"},
		{"ＡＢＣ１２３ ﬁn 𝐇𝐞𝐥𝐥𝐨", "abc123 fin hello"},
		{"Ёлка, мой Ζωή ΣΟΦΟΣ", "елка мой ζωη σοφοσ"},
		{"أحمد مُحَمَّد سـلام می\u200cخواهم", "احمد محمد سلام ميخواهم"},
		{"नमस्ते जी", "नमस्ते जी"},
		{"https://example.com/a?b=1 ana@ejemplo.es 12,50 €", "https example com a b 1 ana ejemplo es 12 50"},
		{"你好", "你好 好"},
		{"订 iPhone手机", "订 iphone 手机 机"},
		{"コードﾊﾟｿｺﾝ", "コー ード ドパ パソ ソコ コン ン"},
		{"ราคา", "รา าค คา า"},
		{"안녕 하세요", "안녕 녕 하세 세요 요"},
		{"🎉🎉 … \x00 \xff !?", ""},
		{strings.Repeat("a", 1000), strings.Repeat("a", 48)},
	} {
		require.Equal(t, c.index, words.Index(c.text), c.text)
	}
}

func TestParseReadsWhatPeopleType(t *testing.T) {
	for _, c := range []struct{ typed, match string }{
		{"hola ana", `"hola" AND "ana" *`},
		{"a", `"a"`},
		{"Ana b", `"ana" AND "b"`},
		{`"buenos días" ana`, `"buenos dias" AND "ana" *`},
		{`ana "buenos días"`, `"ana" AND "buenos dias"`},
		{`ana “buenos dí`, `"ana" AND "buenos di" *`},
		{"ana@ejemplo.es", `"ana ejemplo es" *`},
		{"手机", `"手机"`},
		{"手机号码", `"手机 机号 号码"`},
		{"手", `"手" *`},
		{`"手"`, `"手" *`},
		{`"手机 iphone"`, `"手机 机 iphone"`},
		{"iphone手", `"iphone 手" *`},
		{"NEAR(a b) OR c* NOT d:e ^f", `"near a" AND "b" AND "or" AND "c" AND "not" AND "d e" AND "f"`},
		{`"`, ""},
		{`"" "" ""`, ""},
		{"'; DROP TABLE messages; --", `"drop" AND "table" AND "messages" *`},
		{"ana\x00bea", `"ana bea" *`},
		{"🎉 !!! — %_*", ""},
		{strings.Repeat("x ", 10_000), strings.TrimSuffix(strings.Repeat(`"x" AND `, 32), " AND ")},
	} {
		q := words.Parse(c.typed)
		require.Equal(t, c.match, q.Match(), c.typed)
		require.Equal(t, c.match == "", q.Empty(), c.typed)
	}
}

func TestMatchMoreShortensOnlyABeginning(t *testing.T) {
	require.Equal(t, `"gracias" AND "rec" *`, words.Parse("gracias recepción").MatchMore())
	require.Equal(t, `"a b rec" *`, words.Parse("a-b-recepción").MatchMore())
	require.Equal(t, `"recepcion"`, words.Parse(`"recepción"`).MatchMore())
	require.Equal(t, `"手机"`, words.Parse("手机").MatchMore())
}

// TestFindPointsAtWhatWasMeant marks what is found with brackets; "-" stands for nothing found.
func TestFindPointsAtWhatWasMeant(t *testing.T) {
	for _, c := range []struct{ typed, text, found string }{
		{"dias bue", "Buenos días, Bea", "[Bue]nos [días], Bea"},
		{"be", "Buenos días, Bea", "Buenos días, [Be]a"},
		{`"buenos dias"`, "¡BUENOS — DÍAS! días", "¡[BUENOS — DÍAS]! días"},
		{`"be"`, "Bea", "-"},
		{"dias ana", "Buenos días", "-"},
		{"aero", "Ærøskøbing", "[Ærø]skøbing"},
		{"a", "Ærø", "-"},
		{"días buenos", "Buenos días", "[Buenos] [días]"},
		{"strasse", "Hauptstraße Straße", "Hauptstraße [Straße]"},
		{"cafe", "el cafe\u0301 frío", "el [cafe\u0301] frío"},
		{"机号", "我的手机号码", "我的手[机号]码"},
		{"手", "我的手机", "我的[手]机"},
		{"机", "我的手机", "我的手[机]"},
		{"手码", "手机号码", "-"},
		{"เท่าไร", "ราคาเท่าไรครับ", "ราคา[เท่าไร]ครับ"},
		{"ﾊﾟｿ", "パソコン", "[パソ]コン"},
		{"녕하", "안녕하세요", "안[녕하]세요"},
		{"iphone手机", "新 iPhone 手机", "新 [iPhone 手机]"},
		{"محمد", "السيد مُحَمَّد هنا", "السيد [مُحَمَّد] هنا"},
		{"", "anything", "-"},
	} {
		ranges, ok := words.Parse(c.typed).Find(c.text)
		require.Equal(t, ok, len(ranges) > 0)
		require.Equal(t, c.found, marked(c.text, ranges, ok), "%s in %s", c.typed, c.text)
	}
}

func marked(text string, ranges []words.Range, ok bool) string {
	if !ok {
		return "-"
	}
	var b strings.Builder
	at := 0
	for _, r := range ranges {
		b.WriteString(text[at:r.From] + "[" + text[r.From:r.To] + "]")
		at = r.To
	}
	return b.String() + text[at:]
}

func TestFoldKeepsANameReadable(t *testing.T) {
	require.Equal(t, "jose maria nunez o donnell", words.Fold("  José-María  Núñez O’Donnell!! "))
	require.Equal(t, "王小明", words.Fold("王小明"))
}

// FuzzSearchQuery holds for whatever is typed and written: what is found lies within the text and apart from each other, between characters;
// a text is found by itself unless it holds nothing to search for or too much; what the index is asked stays in quotes.
func FuzzSearchQuery(f *testing.F) {
	for _, seed := range [][2]string{
		{"hola", "¡Hola, Ana!"},
		{`"buenos días`, "buenos dias"},
		{`" OR 1=1 --`, "1 = 1"},
		{"a* NEAR(b, c) {d}: -e ^f", "a b c d e f"},
		{"手机 iphone手", "新iPhone手机号码"},
		{"เท่า", "ราคาเท่าไร"},
		{"🎉", "🎉🎉"},
		{"\x00\xff", "\xed\xa0\x80"},
		{"ﬁ ß ŉ", "fi ss ʼn"},
		{"e\u0301\u0302\u0303", "é"},
		{"\u200b\u200d", "ก\u200bข"},
		{"안녕", "안녕"},
		{"ｶﾞ", "ガ"},
		{strings.Repeat("\u0301", 200), "x"},
		{"\U000F0001", "\U000F0001"},
		{"ا\u0654", "أ"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		q := words.Parse(typed)
		ranges, ok := q.Find(text)
		require.Equal(t, ok, len(ranges) > 0)
		at := 0
		for i, r := range ranges {
			require.Less(t, r.From, r.To)
			require.LessOrEqual(t, r.To, len(text))
			require.True(t, i == 0 || r.From > at)
			require.True(t, utf8.RuneStart(text[r.From]) || !utf8.ValidString(text))
			at = r.To
		}
		require.Equal(t, q.Empty(), q.Match() == "")
		require.Zero(t, strings.Count(q.Match(), `"`)%2)
		require.NotContains(t, words.Index(text), `"`)
		require.False(t, strings.ContainsFunc(words.Index(text), func(r rune) bool { return r >= 0xF0000 }), "nothing that is written is a mark")
		if index := words.Index(text); utf8.ValidString(text) && len(text) < 500 && index != "" && strings.Count(index, " ") < 30 {
			_, found := words.Parse(text).Find(text)
			require.True(t, found, "a text holds itself: %q", text)
		}
	})
}

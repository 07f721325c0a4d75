package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says what a folded character does to the word that it stands in.
type class uint8

const (
	gap      class = iota // it stands between words
	letter                // of a script with spaces between words, or a digit
	unspaced              // of a script without
)

// char is one character of folded text, and the bytes of the original that it stands for.
type char struct {
	r        rune
	class    class
	from, to int
}

// fold brings text into the form in which it is compared. What only changes how a letter looks or is pronounced is gone: case, width,
// ligatures, accents of Latin and Greek, vowel points of Arabic and Hebrew. What makes another letter of it stays: й, が, vowel signs of Indic
// scripts.
func fold(text string) []char {
	out := make([]char, 0, len(text))
	if ascii(text) {
		for i := range len(text) {
			out = appendASCII(out, text[i], i)
		}
		return out
	}
	var it norm.Iter
	it.InitString(norm.NFKC, text)
	for !it.Done() {
		from := it.Pos()
		segment := it.Next()
		to := it.Pos()
		if len(segment) == 1 && segment[0] < utf8.RuneSelf {
			out = appendASCII(out, segment[0], from)
			continue
		}
		for len(segment) > 0 {
			r, size := utf8.DecodeRune(segment)
			segment = segment[size:]
			out = appendRune(out, r, from, to)
		}
	}
	return out
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendASCII(out []char, b byte, at int) []char {
	c := char{r: rune(b), from: at, to: at + 1}
	switch {
	case b >= 'A' && b <= 'Z':
		c.r, c.class = c.r+'a'-'A', letter
	case b >= 'a' && b <= 'z' || b >= '0' && b <= '9':
		c.class = letter
	}
	return append(out, c)
}

// spelled are letters that people write in another way on keyboards that do not have them, and that no decomposition takes apart.
func spelled(r rune) string {
	switch r {
	case 'ß', 'ẞ':
		return "ss"
	case 'æ', 'Æ':
		return "ae"
	case 'œ', 'Œ':
		return "oe"
	case 'ø', 'Ø':
		return "o"
	case 'ł', 'Ł':
		return "l"
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d"
	case 'ħ', 'Ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ς':
		return "σ"
	case 'ё', 'Ё':
		return "е"
	case 'ى', 'ی': // yeh as Persian and Egyptian keyboards write it
		return "ي"
	case 'ک':
		return "ك"
	}
	return ""
}

func appendRune(out []char, r rune, from, to int) []char {
	if as := spelled(r); as != "" {
		for _, s := range as {
			out = append(out, char{r: s, class: letter, from: from, to: to})
		}
		return out
	}
	if silent(r) {
		if n := len(out); n > 0 && out[n-1].to < to && out[n-1].class != gap {
			out[n-1].to = to // it is shown as a part of what it follows
		}
		return out
	}
	if unicode.In(r, unicode.Latin, unicode.Greek, unicode.Arabic, unicode.Hebrew) {
		r = base(r)
	}
	return append(out, char{r: unicode.ToLower(r), class: classOf(r), from: from, to: to})
}

// base is a letter without what is written on or under it.
func base(r rune) rune {
	var buf [utf8.UTFMax]byte
	apart := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	if len(apart) == 0 {
		return r
	}
	first, _ := utf8.DecodeRune(apart)
	return first
}

// silent characters are not compared: accents and points that follow their letter, and what only guides how text is laid out.
func silent(r rune) bool {
	const tatweel, zeroWidthSpace = 'ـ', '\u200b'
	switch {
	case r == tatweel:
		return true
	case unicode.Is(unicode.Mn, r):
		return unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Greek, unicode.Latin, unicode.Cyrillic)
	case unicode.Is(unicode.Cf, r):
		return r != zeroWidthSpace
	}
	return false
}

func classOf(r rune) class {
	const longVowelMark = 'ー' // of Katakana and Hiragana
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return letter
		}
		return gap
	case r == longVowelMark:
		return unspaced
	case !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r):
		return gap
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Javanese,
		unicode.Balinese, unicode.Yi):
		return unspaced
	}
	return letter
}

package fleet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Initials chooses one or two characters that stand for a subaccount, in capitals, different from those taken (compared without case):
// the first letters of the first two words, then the first letter with a later one, then with a digit, then any two letters or digits.
// An emoji or a wide character such as 東 stands alone where it can. It returns "" only when some 1,300 are taken.
func Initials(name string, taken []string) string {
	used := make(map[string]bool, len(taken))
	for _, t := range taken {
		used[sameName(t)] = true
	}
	for _, candidate := range candidates(name) {
		if !used[sameName(candidate)] {
			return candidate
		}
	}
	return ""
}

func candidates(name string) []string {
	words := initialWords(name)
	if len(words) == 0 {
		return pairs("")
	}
	first := words[0][0]
	var out []string
	if stands(first) {
		out = append(out, first)
	}
	for _, w := range words[1:] {
		out = append(out, first+w[0])
	}
	for i, w := range words {
		if i == 0 && len(w) > 1 {
			w = w[1:]
		} else if i == 0 {
			out = append(out, first)
			continue
		}
		for _, letter := range w {
			out = append(out, first+letter)
		}
	}
	return append(out, pairs(first)...)
}

// pairs returns what is left when the name's own letters are taken.
func pairs(first string) []string {
	const signs = "23456789ABCDEFGHIJKLMNOPQRSTUVWXYZ01"
	var out []string
	if first != "" {
		for _, s := range signs {
			out = append(out, first+string(s))
		}
	}
	for _, a := range signs {
		for _, b := range signs {
			out = append(out, string(a)+string(b))
		}
	}
	return out
}

// initialWords splits a name into words of capitalised characters. Small words ("do", "de") and signs ("&") count only when there is
// nothing else.
func initialWords(name string) [][]string {
	var words, small, signs [][]string
	for _, field := range strings.FieldsFunc(name, separates) {
		word := characters(field)
		if len(word) == 0 {
			continue
		}
		r, _ := utf8.DecodeRuneInString(field)
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			signs = append(signs, word)
		case unicode.IsLower(r):
			small = append(small, word)
		default:
			words = append(words, word)
		}
	}
	for _, choice := range [][][]string{words, small, signs} {
		if len(choice) > 0 {
			return choice
		}
	}
	return nil
}

func separates(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("-–—_./\\|,;:·•()[]{}\"“”«»+&@#", r)
}

// characters splits a word into characters as people count them, capitalised one code point for one, so that none becomes two.
func characters(word string) []string {
	var out []string
	for clusters := uniseg.NewGraphemes(word); clusters.Next(); {
		c := strings.Map(capital, clusters.Str())
		if strings.ContainsFunc(c, visible) {
			out = append(out, c)
		}
	}
	return out
}

func capital(r rune) rune {
	switch r {
	case '\u200e', '\u200f', '\u061c':
		return -1
	}
	return unicode.ToTitle(r)
}

// stands reports whether a character fills a tile by itself: 東 or an emoji. A letter is judged without its marks.
func stands(character string) bool {
	if r, _ := utf8.DecodeRuneInString(character); unicode.IsLetter(r) {
		character = string(r)
	}
	return uniseg.StringWidth(character) > 1
}

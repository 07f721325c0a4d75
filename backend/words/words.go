package words

import (
	"strings"
)

// longestWord is how many characters of a word count; what follows, in a blob of base64 for example, does not tell it apart.
const longestWord = 48

// Range is a part of a text, in bytes of UTF-8: from From up to and without To.
type Range struct{ From, To int }

// word is one entry of the index: a word, a pair of neighbouring characters, or the last character of a row of such.
type word struct {
	text string
	at   Range
	of   []char // what it was made of; of a long word more than counts
	pair bool
}

// cut cuts folded text. Of a row of unspaced characters every character begins an entry, so that a single one is found as a beginning.
func cut(chars []char) []word {
	out := make([]word, 0, len(chars)/4+1)
	var b strings.Builder
	for i := 0; i < len(chars); {
		switch chars[i].class {
		case gap:
			i++
		case unspaced:
			out = append(out, entry(chars[i:min(i+2, len(chars))]))
			i++
		case letter:
			end := i + 1
			for end < len(chars) && chars[end].class == letter {
				end++
			}
			out = append(out, spell(&b, chars[i:end]))
			i = end
		}
	}
	return out
}

// entry is the entry of the first of these characters, with its neighbour if there is one of its kind.
func entry(chars []char) word {
	w := word{text: string(chars[0].r), at: Range{chars[0].from, chars[0].to}, of: chars}
	if len(chars) == 2 && chars[1].class == unspaced {
		w.text, w.at.To, w.pair = w.text+string(chars[1].r), chars[1].to, true
	}
	return w
}

func spell(b *strings.Builder, chars []char) word {
	b.Reset()
	for _, c := range chars[:min(len(chars), longestWord)] {
		b.WriteRune(c.r)
	}
	return word{text: b.String(), at: Range{chars[0].from, chars[len(chars)-1].to}, of: chars}
}

// Index returns what the index keeps of a text: its entries, with one space between them. It holds letters, digits and marks only.
func Index(text string) string {
	var b strings.Builder
	for i, w := range cut(fold(text)) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// Fold returns a name or a short text in the form in which it is compared, for those that are looked through one by one: what stands
// between words has become one space.
func Fold(text string) string {
	var b strings.Builder
	between := false
	for _, c := range fold(text) {
		if c.class == gap {
			between = b.Len() > 0
			continue
		}
		if between {
			b.WriteByte(' ')
			between = false
		}
		b.WriteRune(c.r)
	}
	return b.String()
}

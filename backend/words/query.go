package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What more was typed does not count: nobody finds anything by it, and the work has to have a bound.
const (
	mostTyped = 1_000 // bytes
	mostWords = 32
)

// mostRanges is how many places of one text are pointed out.
const mostRanges = 64

// Query is what a person typed, as it is searched: texts that hold all of its terms.
type Query struct{ terms []term }

// term is a row of entries that follow each other: a word, words in quotes, or what was written without a space.
type term struct {
	entries []string
	prefix  bool // the last entry is the beginning of one
}

// Parse reads what a person typed. Nothing in it is an operator: words are to be found all of them, in any order; what is in quotes as it
// stands. The last word may be the beginning of one, unless a quote closes it.
func Parse(typed string) Query {
	typed = beginning(typed, mostTyped)
	var q Query
	left := mostWords
	parts := split(typed)
	for i, part := range parts {
		t, ok := termOf(part.text, left, i == len(parts)-1 && !part.closed)
		if ok {
			q.terms = append(q.terms, t)
			left -= len(t.entries)
		}
	}
	return q
}

// beginning returns at most n bytes of a text, ending between characters.
func beginning(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n]
}

// part is a piece of what was typed: between quotes, or between spaces.
type part struct {
	text   string
	closed bool // by a quote
}

func isQuote(r rune) bool { return strings.ContainsRune("\"“”„‟«»＂", r) }

// split parts at quotes, and outside of them at spaces. A quote that is never closed is still being typed.
func split(typed string) []part {
	var out []part
	for i, piece := range splitAt(typed, isQuote) {
		if i%2 == 1 {
			out = append(out, part{text: piece.text, closed: piece.closed})
			continue
		}
		for field := range strings.FieldsFuncSeq(piece.text, unicode.IsSpace) {
			out = append(out, part{text: field})
		}
	}
	return slices.DeleteFunc(out, func(p part) bool { return len(cut(fold(p.text))) == 0 })
}

// splitAt parts a text at certain characters, and says of each piece whether one follows it.
func splitAt(text string, at func(rune) bool) []part {
	var out []part
	for {
		i := strings.IndexFunc(text, at)
		if i < 0 {
			return append(out, part{text: text})
		}
		out = append(out, part{text: text[:i], closed: true})
		_, size := utf8.DecodeRuneInString(text[i:])
		text = text[i+size:]
	}
}

// termOf makes the term of a part. Entries of single characters serve for what is only one character long: between a pair and what follows
// they stand, at the end they would ask for a text that ends there.
func termOf(text string, most int, open bool) (term, bool) {
	found := cut(fold(text))
	if n := len(found); n > 1 && found[n-2].pair {
		found = found[:n-1]
	}
	found = found[:min(len(found), most)]
	if len(found) == 0 {
		return term{}, false
	}
	t := term{entries: make([]string, len(found))}
	for i, w := range found {
		t.entries[i] = w.text
	}
	last := found[len(found)-1]
	// A single character of an unspaced script begins the pairs that it is in; one Latin letter begins more words than anybody wants to see.
	t.prefix = !last.pair && (isUnspaced(last.text) || open && len(last.text) > 1)
	return t, true
}

func isUnspaced(entry string) bool {
	for _, r := range entry {
		return classOf(r) == unspaced
	}
	return false
}

// Empty reports that there is nothing in it to search for: only spaces, signs or pictures.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// indexedBeginning is how many characters of a beginning the index holds lists of: longer ones are made of the lists of all words that begin so.
const indexedBeginning = 3

// Match returns the query in the language of SQLite's FTS5. Everything in it stands in quotes, and entries hold no quote.
func (q Query) Match() string { return q.match(longestWord) }

// MatchMore is Match with the beginning of a word no longer than the index has a list of. It finds more than was meant, and the first ones at
// once however many there are.
func (q Query) MatchMore() string { return q.match(indexedBeginning) }

func (q Query) match(beginning int) string {
	var b strings.Builder
	for i, t := range q.terms {
		if i > 0 {
			b.WriteString(" AND ")
		}
		last := len(t.entries) - 1
		end := t.entries[last]
		if runes := []rune(end); t.prefix && len(runes) > beginning {
			end = string(runes[:beginning])
		}
		b.WriteString(`"` + strings.Join(append(slices.Clone(t.entries[:last]), end), " ") + `"`)
		if t.prefix {
			b.WriteString(" *")
		}
	}
	return b.String()
}

// Find returns where a text holds what was asked for, in its order, and false unless it holds all of it. An empty query is nowhere.
func (q Query) Find(text string) ([]Range, bool) {
	if q.Empty() {
		return nil, false
	}
	in := cut(fold(text))
	var out []Range
	for _, t := range q.terms {
		before := len(out)
		if out = t.find(in, out); len(out) == before {
			return nil, false
		}
	}
	return join(out), true
}

func (t term) find(in []word, out []Range) []Range {
	n := len(t.entries)
	most := len(out) + mostRanges
	for i := 0; i+n <= len(in) && len(out) < most; i++ {
		if !t.matches(in[i : i+n]) {
			continue
		}
		last := in[i+n-1]
		end := last.at.To
		if t.prefix {
			end = last.of[utf8.RuneCountInString(t.entries[n-1])-1].to
		}
		out = append(out, Range{in[i].at.From, end})
	}
	return out
}

func (t term) matches(in []word) bool {
	last := len(t.entries) - 1
	for i, e := range t.entries[:last] {
		if in[i].text != e {
			return false
		}
	}
	if t.prefix {
		return strings.HasPrefix(in[last].text, t.entries[last])
	}
	return in[last].text == t.entries[last]
}

// join orders ranges and makes one of those that touch.
func join(ranges []Range) []Range {
	slices.SortFunc(ranges, func(a, b Range) int { return a.From - b.From })
	out := ranges[:0]
	for _, r := range ranges {
		if n := len(out); n > 0 && r.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out[:min(len(out), mostRanges)]
}

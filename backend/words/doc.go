// Package words cuts text of any language into what can be searched, and finds it again. The same cut serves the index, what people type,
// and the places that are shown as found, so the three can't disagree.
//
// Text is folded first (fold.go): letters lose case, width and accents. Scripts that put spaces between words give words; scripts that do
// not (Chinese, Japanese, Thai, Lao, Khmer …), and Korean, whose words carry their particles, give every pair of neighbouring characters, so
// that any part of a sentence is found as a row of pairs.
package words

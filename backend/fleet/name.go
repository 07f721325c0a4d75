package fleet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"waflow/backend/domain"
)

// maxName is the longest name of a subaccount or label of a device, in characters as people count them.
const maxName = 60

// maxCluster bounds what one character may be made of, in code points. The longest family emoji has 11; more is marks piled on a letter.
const maxCluster = 16

// cleanName trims a name, joins runs of spaces, and refuses what can't be shown on one line as it was typed. field names the input in
// the error: "name" or "label".
func cleanName(field, raw string) (string, error) {
	trimmed := strings.TrimSpace(raw)
	if !utf8.ValidString(trimmed) || strings.ContainsFunc(trimmed, refusedRune) {
		return "", invalid(field, "characters", "The name holds characters that can't be shown.")
	}
	name := norm.NFC.String(strings.Join(strings.Fields(trimmed), " "))
	if !strings.ContainsFunc(name, visible) {
		return "", invalid(field, "empty", "The name is empty.")
	}
	count := 0
	for clusters := uniseg.NewGraphemes(name); clusters.Next(); count++ {
		if len(clusters.Runes()) > maxCluster {
			return "", invalid(field, "characters", "The name holds characters that can't be shown.")
		}
	}
	if count > maxName {
		return "", invalid(field, "too_long", "The name is longer than 60 characters.")
	}
	return name, nil
}

// refusedRune tells control characters, line breaks, overrides of the writing direction, and invisible characters that would make two
// names look alike. Joiners and direction marks stay: emoji, Persian and mixed texts need them.
func refusedRune(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d', r == '\u200e', r == '\u200f', r == '\u061c':
		return false
	case r >= 0xE0020 && r <= 0xE007F: // tags, in the flags of England, Scotland and Wales
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point, unicode.Cs)
}

// blanks are letters by their category that are drawn as nothing.
const blanks = "\u115f\u1160\u3164\uffa0\u2800"

func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(blanks, r)
}

// sameName is the form in which two names are compared: without case, width and invisible marks.
func sameName(name string) string {
	shown := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	return cases.Fold().String(norm.NFKC.String(shown))
}

func invalid(field, why, message string) *domain.Error {
	return &domain.Error{Code: domain.CodeInvalid, Message: message, Detail: map[string]string{"field": field, "why": why}}
}

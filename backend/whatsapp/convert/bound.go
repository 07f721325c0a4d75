package convert

import (
	"math"
	"strings"
	"unicode/utf8"

	"waflow/backend/domain"
)

// valid replaces bytes that are no characters, which a protobuf of this kind may hold, and the zero byte, at which SQLite would end a text.
func valid(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// words is a text of any length that is kept.
func words(text string) string { return atMost(valid(text), domain.MaxTextBytes) }

// label is a name, a title or an address.
func label(text string) string {
	return atMost(strings.TrimSpace(valid(text)), domain.MaxLabelBytes)
}

// atMost cuts a valid text between characters.
func atMost(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// excerpt is the beginning of a text, as long as the bubble of a reply shows of it.
func excerpt(text string) string {
	seen := 0
	for at := range text {
		if seen == domain.MaxExcerptRunes {
			return text[:at]
		}
		seen++
	}
	return text
}

// fileName is the last part of a name: it never leads anywhere.
func fileName(name string) string {
	name = label(name)
	return strings.TrimSpace(name[strings.LastIndexAny(name, `/\`)+1:])
}

// link is the address of a page, "" for what is none.
func link(address string) string {
	address = strings.TrimSpace(valid(address))
	if len(address) > domain.MaxLinkBytes {
		return ""
	}
	return address
}

// small is a picture that came inside a message, nothing if it is larger than such pictures are.
func small(pictures ...[]byte) []byte {
	for _, picture := range pictures {
		if len(picture) > 0 && len(picture) <= domain.MaxThumbnailBytes {
			return picture
		}
	}
	return nil
}

// count is a number that counts something, as far as it makes sense.
func count[T uint32 | uint64 | int64](n T) int {
	if uint64(n) > math.MaxInt32 {
		return 0
	}
	return int(n)
}

// degrees is a coordinate, and false for one that is on no map.
func degrees(value, most float64) (float64, bool) {
	return value, !math.IsNaN(value) && math.Abs(value) <= most
}

package domain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// codeNews is for how long a changed security code is one piece of news: WhatsApp tells of it in more ways than one, at times of their own.
const codeNews = time.Hour

// ID names what a line says, for lines that WhatsApp gives no id, or another one each time: what happened, to whom, when. So it is the same
// whichever device hears of it, and whether it comes live or with the history. Who did it is no part of it, because not everybody is told.
func (l Line) ID(at time.Time) string {
	when, about := at, ""
	switch l.Kind {
	case LineSecurityCode:
		when = at.Truncate(codeNews)
	case LineNumber:
		when, about = time.Time{}, l.Text
	case LineSubject:
		about = l.Text
	case LineTimer:
		about = fmt.Sprint(l.Seconds)
	default:
	}
	people := make([]string, len(l.People))
	for i, p := range l.People {
		people[i] = cmp.Or(p.LID, p.Number)
	}
	slices.Sort(people)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %q %q", l.Kind, when.Unix(), people, about))
	return "line-" + hex.EncodeToString(sum[:12])
}

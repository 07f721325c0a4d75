package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// story is what people write to a house in one language: data/<house>.json.
type story struct {
	Slots    map[string][]string `json:"slots"`    // what {name} stands for, one of these
	Episodes [][]part            `json:"episodes"` // talks that came to an end
	Open     [][]string          `json:"open"`     // what nobody has answered yet
}

// part is one message of an episode. In the file it is a list: who writes ("in" is the contact) and the text, or the kind of
// anything else and what it needs.
type part struct {
	Out  bool
	Text string
	Kind kind
	Note string // caption of a picture, name of a document
}

// kind is what a message holds.
type kind string

// The kinds.
const (
	aText     kind = ""
	aPicture  kind = "image"
	aVoice    kind = "voice"
	aDocument kind = "document"
)

// UnmarshalJSON reads a message from its list.
func (p *part) UnmarshalJSON(raw []byte) error {
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	switch len(list) {
	case 2:
		*p = part{Text: list[1]}
	case 3:
		*p = part{Kind: kind(list[1]), Note: list[2]}
	default:
		return fmt.Errorf("a message of %d parts", len(list))
	}
	p.Out = list[0] == "out"
	return nil
}

// meeting is a group with what was written in it.
type meeting struct {
	subject string
	device  ourRole
	members []string // numbers of the contacts
	past    []saying // by whom; to is ""
}

// saying is a message on its way: numbers of who writes and to whom.
type saying struct {
	line
	from, to string
}

// thread is everything between a contact and a device of a house.
type thread struct {
	contact guest
	device  ourRole
	story   story
	past    []line // what was written before the device was linked
	open    []line // what came since and was not answered
}

// line is one message.
type line struct {
	at   time.Time
	out  bool // the house wrote it
	text string
	kind kind
	note string
}

// Times of a talk.
const (
	reach     = 36             // days that the history goes back
	recent    = 4              // days
	opens     = 9 * time.Hour  // of the day
	closes    = 18 * time.Hour // no talk begins later
	settled   = 4 * time.Hour  // before now, the past of a thread with something open ends
	openOf100 = 40             // threads of a hundred that have something open
)

// author writes the threads of one contact after the other. The same seed and time make the same threads.
type author struct {
	now   time.Time
	rand  *rand.Rand
	turns map[string]int
}

// writeThreads makes up what the people of a cast wrote to each other until now.
func writeThreads(c cast, seed int64, now time.Time) ([]thread, error) {
	a := author{now: now, rand: rand.New(rand.NewPCG(uint64(seed), 1)), turns: map[string]int{}}
	var out []thread
	for _, h := range c.Houses {
		var stories map[string]story
		if err := readData(h.Story, &stories); err != nil {
			return nil, err
		}
		open := a.someOf(len(h.Contacts), len(h.Contacts)*openOf100/100)
		for i, g := range h.Contacts {
			s, ok := stories[g.Language]
			if !ok {
				return nil, fmt.Errorf("nothing is written in %q for %s", g.Language, h.Story)
			}
			out = append(out, a.thread(s, g, h.Devices[g.Device], open[i]))
		}
	}
	return out, nil
}

// someOf draws n of count.
func (a author) someOf(count, n int) map[int]bool {
	chosen := make(map[int]bool, n)
	for _, i := range a.rand.Perm(count)[:n] {
		chosen[i] = true
	}
	return chosen
}

func (a author) thread(s story, g guest, device ourRole, open bool) thread {
	t := thread{contact: g, device: device, story: s}
	until := a.now.Add(-10 * time.Minute)
	if open {
		until = a.now.Add(-settled)
	}
	episodes := a.episodes(s)
	for i, ago := range a.days(len(episodes)) {
		at := a.begin(ago)
		if len(t.past) > 0 && at.Before(t.past[len(t.past)-1].at) {
			continue
		}
		for _, l := range a.episode(s, g, s.Episodes[episodes[i]], at) {
			if l.at.Before(until) {
				t.past = append(t.past, l)
			}
		}
	}
	if open {
		t.open = a.unanswered(s, g)
	}
	return t
}

// episodes chooses the talks of a thread. The last one, which the inbox shows, differs from person to person as long as there are enough.
func (a author) episodes(s story) []int {
	last := a.turn(s, "last", len(s.Episodes))
	before := slices.DeleteFunc(a.rand.Perm(len(s.Episodes)), func(i int) bool { return i == last })
	return append(before[:min(len(before), 1+a.rand.IntN(3))], last)
}

// days draws how many days ago the talks of a thread were, the longest ago first. The last one is often recent.
func (a author) days(count int) []int {
	days := a.rand.Perm(reach - recent)[:count]
	for i := range days {
		days[i] += recent
	}
	slices.SortFunc(days, func(x, y int) int { return y - x })
	if a.rand.IntN(10) < 7 {
		days[count-1] = a.rand.IntN(recent)
	}
	return days
}

// writeMeetings gives what was written in the groups its times: each day of a group is some days after the one before.
func writeMeetings(c cast, seed int64, now time.Time) []meeting {
	a := author{now: now, rand: rand.New(rand.NewPCG(uint64(seed), 4))}
	var out []meeting
	for _, h := range c.Houses {
		for _, g := range h.Groups {
			out = append(out, a.meeting(g, h.Devices[g.Device]))
		}
	}
	return out
}

func (a author) meeting(g circle, device ourRole) meeting {
	m := meeting{subject: g.Subject, device: device}
	for i, day := range g.Days {
		at := a.begin(1 + 6*(len(g.Days)-1-i))
		for _, said := range day {
			from := said[0]
			if from == "" {
				from = device.Number
			} else if !slices.Contains(m.members, from) {
				m.members = append(m.members, from)
			}
			m.past = append(m.past, saying{line: line{at: at, text: said[1], out: from == device.Number}, from: from})
			at = at.Add(a.gap(false, true))
		}
	}
	return m
}

// begin is a time of day on which somebody begins to write, so many days ago; not on a Sunday.
func (a author) begin(ago int) time.Time {
	day := a.now.AddDate(0, 0, -ago)
	if day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, a.now.Location())
	return midnight.Add(opens + time.Duration(a.rand.Int64N(int64(closes-opens))))
}

// episode gives a talk its times and words.
func (a author) episode(s story, g guest, parts []part, at time.Time) []line {
	words := a.words(s, g, at)
	out := make([]line, 0, len(parts))
	for i, p := range parts {
		if i > 0 {
			at = at.Add(a.gap(parts[i-1].Out, p.Out))
		}
		out = append(out, line{at: at, out: p.Out, text: fill(p.Text, words), kind: p.Kind, note: fill(p.Note, words)})
	}
	return out
}

// gap is how long the next message takes: who writes on is quick, a house answers in minutes.
func (a author) gap(from, to bool) time.Duration {
	longest := 25 * time.Minute
	switch {
	case from == to:
		longest = time.Minute
	case to:
		longest = 12 * time.Minute
	}
	return 15*time.Second + time.Duration(a.rand.Int64N(int64(longest)))
}

// unanswered is what a contact wrote in the last hours.
func (a author) unanswered(s story, g guest) []line {
	texts := s.Open[a.turn(s, "open", len(s.Open))]
	ago := 2*time.Minute + time.Duration(a.rand.Int64N(int64(settled-30*time.Minute)))
	at := a.now.Add(-ago)
	words := a.words(s, g, at)
	var out []line
	for _, text := range texts {
		out = append(out, line{at: at, text: fill(text, words)})
		at = at.Add(min(ago/4, a.gap(true, true)))
	}
	return out
}

// turn goes through the numbers below count, one for each time that something of a story is wanted, from a random one on.
func (a author) turn(s story, what string, count int) int {
	key := what + s.Open[0][0]
	if _, ok := a.turns[key]; !ok {
		a.turns[key] = a.rand.IntN(count)
	}
	a.turns[key]++
	return a.turns[key] % count
}

// words chooses what the names in braces stand for in one talk.
func (a author) words(s story, g guest, at time.Time) map[string]string {
	words := map[string]string{"first": g.first()}
	for _, name := range slices.Sorted(maps.Keys(s.Slots)) {
		words[name] = s.Slots[name][a.rand.IntN(len(s.Slots[name]))]
	}
	day := at.AddDate(0, 0, 1+a.rand.IntN(4))
	if day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	words["day"] = weekday(g.Language, day.Weekday())
	words["time"] = strconv.Itoa(9+a.rand.IntN(9)) + ":" + []string{"00", "15", "30"}[a.rand.IntN(3)]
	return words
}

// fill puts words in the place of their names; a name in capitals gets a word that begins with one.
func fill(text string, words map[string]string) string {
	for name, word := range words {
		text = strings.ReplaceAll(text, "{"+name+"}", word)
		text = strings.ReplaceAll(text, "{"+capital(name)+"}", capital(word))
	}
	return text
}

func capital(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// weekday is a day's name in a language of the stories.
func weekday(language string, day time.Weekday) string {
	names := map[string][]string{
		"es": {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		"de": {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		"ar": {"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
	}
	if list, ok := names[language]; ok {
		return list[day]
	}
	return day.String()
}

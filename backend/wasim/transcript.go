package wasim

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shownID is how much of an id a transcript shows: enough to tell messages apart, short enough to read along.
const shownID = 6

// Transcript is what happened lately, for people, and the seed with which it can happen again. A failed test prints it.
//
//	seed 1, the last 7 of 7 events, Mon 23 Nov 2026
//	Ana is +34600000021, Clinic is +34600000013
//	16:50:56.101  Clinic/1         was linked
//	16:50:56.120  Clinic/1         login
//	16:50:57.004  Ana              wrote to Clinic, …10609D
//	16:50:57.005  Clinic/1         was sent …10609D
//	16:50:57.011  Clinic/1         sent receipt delivered for …10609D
//	16:50:57.011  Clinic/1         acknowledged …10609D
//	16:50:57.090  Clinic/1         connection ended
//
// "Clinic" is a phone and "Clinic/1" its first linked device. Times are the simulation's. No text of any message is in it.
func (s *Server) Transcript() string {
	events, all := s.ledger.recent()
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, the last %d of %d events", s.opts.Seed, len(events), all)
	if len(events) > 0 {
		b.WriteString(events[0].At.Format(", Mon 2 Jan 2006"))
	}
	b.WriteByte('\n')
	names := s.namesIn(events)
	people := make([]string, 0, len(names))
	for number, name := range names {
		people = append(people, name+" is "+number)
	}
	slices.Sort(people)
	b.WriteString(strings.Join(people, ", ") + "\n")
	number := regexp.MustCompile(`\+[0-9]{7,15}`)
	var day time.Time
	for i, e := range events {
		if date := e.At.Truncate(24 * time.Hour); !date.Equal(day) {
			if day = date; i > 0 {
				b.WriteString(e.At.Format("Mon 2 Jan 2006\n"))
			}
		}
		what := number.ReplaceAllStringFunc(e.What, func(found string) string { return cmp.Or(names[found], found) })
		fmt.Fprintf(&b, "%s  %-16s %s%s\n", e.At.Format("15:04:05.000"), e.Who.name(names), what, shorten(e.ID))
	}
	return b.String()
}

// name is an address as a transcript shows it. The zero address is the server.
func (a Address) name(names map[string]string) string {
	name := cmp.Or(names[a.Number], a.Number, "server")
	if a.Device > 0 {
		name += "/" + strconv.Itoa(int(a.Device))
	}
	return name
}

// numberAddress is the phone of a number without the plus, the server for an empty one.
func numberAddress(digits string) Address {
	if digits == "" {
		return Address{}
	}
	return Address{Number: "+" + digits}
}

// shorten is the end of an id, with a space before it.
func shorten(id string) string {
	switch {
	case id == "":
		return ""
	case len(id) > shownID:
		return " …" + id[len(id)-shownID:]
	default:
		return " " + id
	}
}

// namesIn are the names of the accounts that events are about, by number; with the number's end where several have the
// same one.
func (s *Server) namesIn(events []Event) map[string]string {
	names, bearers := make(map[string]string), make(map[string]int)
	for _, e := range events {
		if _, known := names[e.Who.Number]; known || e.Who.Number == "" {
			continue
		}
		if p := s.Phone(e.Who.Number); p != nil {
			names[e.Who.Number] = p.Name()
			bearers[p.Name()]++
		}
	}
	for number, name := range names {
		if bearers[name] > 1 {
			names[number] = name + " " + number[max(0, len(number)-4):]
		}
	}
	return names
}

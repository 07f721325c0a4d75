package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// maxCrowd bounds how many people write at once.
const maxCrowd = 60

// habits are how the contacts of the demo act when they act by themselves: they read after a moment, can be seen typing, and most often answer.
type habits struct {
	lines map[string][]string // by language
}

func readHabits() (habits, error) {
	var h habits
	return h, readData("answers", &h.lines)
}

func (h habits) in(language string) wasim.Behaviour {
	lines, ok := h.lines[language]
	if !ok {
		lines = h.lines["en"]
	}
	return wasim.Behaviour{
		Reading:   &wasim.Reading{After: wasim.Span{Min: 1.5, Max: 5}},
		Answering: &wasim.Answering{After: wasim.Span{Min: 3, Max: 8}, Typing: 2.5, Chance: 0.7, Lines: lines},
	}
}

// SetAnswers lets a contact read and answer by itself, or stop that. Errors: not_found; conflict for one of ours, which people answer for.
func (d *Demo) SetAnswers(_ context.Context, number string, on bool) error {
	phone, err := d.phone(number)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ours[phone.Number()] {
		return &domain.Error{Code: domain.CodeConflict, Message: "What one of our phones answers is written in the inbox."}
	}
	return d.answerLocked(phone, on)
}

// answerLocked changes whether a contact acts by itself.
func (d *Demo) answerLocked(phone *wasim.Phone, on bool) error {
	var behaviour wasim.Behaviour
	if on {
		behaviour = d.habits.in(d.languages[phone.Number()])
	}
	if err := phone.Behave(behaviour); err != nil {
		return fmt.Errorf("let a contact act: %w", err)
	}
	d.answers[phone.Number()] = on
	d.changedLocked()
	return nil
}

// Crowd has so many contacts write at once, each a text in their language to the house that they know, and returns how many did. Contacts
// without network are left out. Errors: invalid for none or too many.
func (d *Demo) Crowd(ctx context.Context, count int) (int, error) {
	if count < 1 || count > maxCrowd {
		return 0, &domain.Error{Code: domain.CodeInvalid, Message: "From one to sixty people write at once.", Detail: map[string]string{"field": "count"}}
	}
	wrote := 0
	for _, s := range d.crowd(count) {
		if _, err := d.server.Phone(s.from).SendText(ctx, s.to, s.text); err != nil {
			return wrote, err
		}
		wrote++
	}
	return wrote, nil
}

// crowd chooses who writes what.
func (d *Demo) crowd(count int) []saying {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crowds++
	a := author{now: d.config.Now(), rand: rand.New(rand.NewPCG(uint64(d.config.Seed), 3+d.crowds)), turns: map[string]int{}}
	there := slices.DeleteFunc(slices.Clone(d.threads), func(t thread) bool { return d.offline[t.contact.Number] })
	a.rand.Shuffle(len(there), func(i, j int) { there[i], there[j] = there[j], there[i] })
	var out []saying
	for _, t := range there[:min(count, len(there))] {
		for _, l := range a.unanswered(t.story, t.contact) {
			out = append(out, t.saying(l))
		}
	}
	return out
}

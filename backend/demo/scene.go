package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waflow/backend/wasim"
)

// between is how long after each other the steps of a scene happen.
const between = 3 * time.Minute

// scene is the conversation that holds everything that can come in one: data/kinds.json.
type scene struct {
	Device  string     `json:"device"`  // number of the house's phone
	Contact role       `json:"contact"` // on the stage only once the scene has been played: its number changes in it
	Begins  int        `json:"begins"`  // minutes ago
	Past    [][]string `json:"past"`    // who wrote before the device was linked ("in" is the contact), and the text
	Steps   []step     `json:"steps"`
}

// step is one thing that the contact does, or the house. Steps name each other's messages by their id.
type step struct {
	ID        string       `json:"id"`
	Out       bool         `json:"out"`
	Draft     *wasim.Draft `json:"draft"` // is written; what it answers is a step
	React     string       `json:"react"`
	Emoji     string       `json:"emoji"`
	Vote      string       `json:"vote"`
	Options   []string     `json:"options"`
	Edit      string       `json:"edit"`
	Text      string       `json:"text"`
	Delete    string       `json:"delete"`
	Call      bool         `json:"call"`      // that nobody takes
	Reinstall bool         `json:"reinstall"` // the contact's security code changes
	Number    string       `json:"number"`    // the contact's new one
}

// stage is a scene being played.
type stage struct {
	*Demo
	scene          scene
	at             time.Time
	house, contact *wasim.Phone
	ids            map[string]string // of the messages, by those of their steps
}

// setStage makes the phone of the scene's contact, and the past of the conversation.
func (d *Demo) setStage() (*stage, error) {
	s := &stage{Demo: d, ids: map[string]string{}}
	if err := readData("kinds", &s.scene); err != nil {
		return nil, err
	}
	s.at = d.config.Now().Add(-time.Duration(s.scene.Begins) * time.Minute)
	s.house = d.server.Phone(s.scene.Device)
	d.mu.Lock()
	var err error
	s.contact, err = d.addLocked(s.scene.Contact, false)
	d.behind = s.contact
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var house, contact []wasim.PastMessage
	for i, said := range s.scene.Past {
		m := wasim.PastMessage{ID: fmt.Sprintf("AC5CE7E%025X", i), FromMe: said[0] == "out", At: s.next(), Text: said[1]}
		house = append(house, m)
		m.FromMe = !m.FromMe
		contact = append(contact, m)
	}
	if err := s.house.AddPast(s.contact.Number(), house); err != nil {
		return nil, fmt.Errorf("write the past of a scene: %w", err)
	}
	if err := s.contact.AddPast(s.house.Number(), contact); err != nil {
		return nil, fmt.Errorf("write the past of a scene: %w", err)
	}
	return s, nil
}

func (s *stage) next() time.Time {
	s.at = s.at.Add(between)
	return s.at
}

// play has everything happen, and the house read it.
func (s *stage) play(ctx context.Context) error {
	for _, step := range s.scene.Steps {
		back := s.clock.at(s.next())
		err := s.do(ctx, step)
		back()
		if err != nil {
			return fmt.Errorf("play a scene: %w", err)
		}
	}
	if _, err := s.house.MarkRead(s.contact.Number()); err != nil {
		return fmt.Errorf("play a scene: %w", err)
	}
	s.mu.Lock()
	s.behind = nil
	s.mu.Unlock()
	s.changed()
	return nil
}

func (s *stage) do(ctx context.Context, step step) error {
	by, with := s.contact, s.house.Number()
	if step.Out {
		by, with = s.house, s.contact.Number()
	}
	// What another step wrote has to be there before somebody can do something to it.
	reach := func(id string) (string, error) {
		id = s.ids[id]
		return id, s.server.WaitFor(ctx, func() bool {
			return slices.ContainsFunc(by.Messages(with), func(m wasim.ChatMessage) bool { return m.ID == id })
		})
	}
	change := func(id string, act func(id string) (string, error)) error {
		id, err := reach(id)
		if err == nil {
			_, err = act(id)
		}
		return err
	}
	switch {
	case step.React != "":
		return change(step.React, func(id string) (string, error) { return by.React(ctx, with, id, step.Emoji) })
	case step.Vote != "":
		return change(step.Vote, func(id string) (string, error) { return by.Vote(ctx, with, id, step.Options...) })
	case step.Edit != "":
		return change(step.Edit, func(id string) (string, error) { return by.Edit(ctx, with, id, step.Text) })
	case step.Delete != "":
		return change(step.Delete, func(id string) (string, error) { return by.Delete(ctx, with, id) })
	case step.Call:
		id, err := by.Call(with, false)
		if err != nil {
			return err
		}
		return by.EndCall(id, wasim.CallTimedOut)
	case step.Reinstall:
		return by.Reinstall()
	case step.Number != "":
		return by.ChangeNumber(step.Number, false)
	}
	draft := *step.Draft
	if draft.Reply != "" {
		id, err := reach(draft.Reply)
		if err != nil {
			return err
		}
		draft.Reply = id
	}
	id, err := by.Write(ctx, with, draft)
	s.ids[step.ID] = id
	return err
}

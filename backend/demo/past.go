package demo

import (
	"fmt"
	"math/rand/v2"

	"waflow/backend/wasim"
)

// pictures is how many different pictures people send. Drawing one takes time, and somebody waits for the demo.
const pictures = 5

// historian puts what people wrote to each other before the demo began onto their phones.
type historian struct {
	server *wasim.Server
	ids    *rand.Rand
	files  map[wasim.Kind][]wasim.File
	next   int
}

func newHistorian(server *wasim.Server, seed int64) (*historian, error) {
	h := &historian{server: server, ids: rand.New(rand.NewPCG(uint64(seed), 2)), files: map[wasim.Kind][]wasim.File{}}
	for _, kind := range []wasim.Kind{wasim.KindImage, wasim.KindVoice, wasim.KindDocument} {
		for i := range pictures {
			file, err := wasim.SampleFile(kind, i)
			if err != nil {
				return nil, err
			}
			h.files[kind] = append(h.files[kind], file)
		}
	}
	return h, nil
}

// write puts a thread's past onto the phones of the house and of the contact.
func (h *historian) write(t thread) error {
	var house, contact []wasim.PastMessage
	for _, l := range t.past {
		m := wasim.PastMessage{ID: h.id(), FromMe: l.out, At: l.at, Text: l.text, Draft: h.draft(l)}
		house = append(house, m)
		m.FromMe = !l.out
		contact = append(contact, m)
	}
	if err := h.server.Phone(t.device.Number).AddPast(t.contact.Number, house); err != nil {
		return fmt.Errorf("write the past: %w", err)
	}
	if err := h.server.Phone(t.contact.Number).AddPast(t.device.Number, contact); err != nil {
		return fmt.Errorf("write the past: %w", err)
	}
	return nil
}

// meet makes a group and puts its past onto the phones of everybody in it.
func (h *historian) meet(m meeting) error {
	group, err := h.server.Phone(m.device.Number).CreateGroup(wasim.GroupOptions{Subject: m.subject, Members: m.members})
	if err != nil {
		return fmt.Errorf("make a group: %w", err)
	}
	ids := make([]string, len(m.past))
	for i := range ids {
		ids[i] = h.id()
	}
	for _, owner := range append([]string{m.device.Number}, m.members...) {
		past := make([]wasim.PastMessage, len(m.past))
		for i, s := range m.past {
			past[i] = wasim.PastMessage{ID: ids[i], FromMe: s.from == owner, Author: s.from, At: s.at, Text: s.text}
		}
		if err := h.server.Phone(owner).AddPast(group, past); err != nil {
			return fmt.Errorf("write the past of a group: %w", err)
		}
	}
	return nil
}

// id makes a message's id as phones do.
func (h *historian) id() string {
	return fmt.Sprintf("AC%016X%014X", h.ids.Uint64(), h.ids.Uint64()>>8)
}

// draft describes a message that is no text, nil for one that is. Its file is one of the simulator's samples.
func (h *historian) draft(l line) *wasim.Draft {
	kinds := map[kind]wasim.Kind{aPicture: wasim.KindImage, aVoice: wasim.KindVoice, aDocument: wasim.KindDocument}
	kind, ok := kinds[l.kind]
	if !ok {
		return nil
	}
	h.next++
	file := h.files[kind][h.next%pictures]
	draft := &wasim.Draft{Kind: kind, File: &file}
	if kind == wasim.KindDocument {
		file.Name = l.note
	} else {
		draft.Text = l.note
	}
	return draft
}

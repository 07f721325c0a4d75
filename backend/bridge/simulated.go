package bridge

import (
	"strings"

	"waflow/backend/domain"
)

func demoStateOf(phones []domain.SimulatedPhone) DemoState {
	return DemoState{Phones: list(phones, demoPhoneOf)}
}

func demoPhoneOf(p domain.SimulatedPhone) DemoPhone {
	return DemoPhone{
		Number:  "+" + p.Number,
		Shown:   formatNumber(p.Number),
		Name:    p.Name,
		Ours:    p.Ours,
		Network: p.Network,
		Linked:  p.Linked,
		Answers: p.Answers,
		Chats: list(p.Chats, func(c domain.SimulatedChat) DemoChat {
			return DemoChat{Peer: "+" + c.Peer, PeerName: oneLine(c.PeerName), Messages: list(c.Messages, demoMessageOf)}
		}),
	}
}

func demoMessageOf(m domain.SimulatedMessage) DemoMessage {
	text, _ := cutBytes(m.Text, shownBytes)
	tick := string(m.Tick)
	if tick == "" {
		tick = "sent"
	}
	return DemoMessage{ID: m.WAID, Kind: string(m.Kind), Out: m.Out, Text: text, At: ms(m.At), Tick: tick}
}

// digitsOf is a number as the engine knows it, from one as the panel shows it.
func digitsOf(number string) string { return strings.TrimPrefix(number, "+") }

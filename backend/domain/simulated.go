package domain

import "time"

// SimulatedPhone is a phone of the demo as the side panel shows it: one of ours, that can be linked, or a contact's.
type SimulatedPhone struct {
	Number  string // international digits without "+"
	Name    string
	Ours    bool
	Network bool // its network is on
	Linked  int  // companions that are linked to it
	Answers bool // it reads and answers by itself
	Chats   []SimulatedChat
}

// SimulatedChat is a chat as a simulated phone shows it, oldest message first.
type SimulatedChat struct {
	Peer     string // number of the other phone
	PeerName string
	Messages []SimulatedMessage
}

// SimulatedMessage is a message on a simulated phone.
type SimulatedMessage struct {
	WAID string
	Out  bool // written on this phone or a companion of it
	Kind MessageKind
	Text string // of a file its caption or name
	At   time.Time
	Tick ReceiptKind // how far it has come: "" sent, delivered, read
}

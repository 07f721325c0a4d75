package domain

// KeptMessage is what was received of a message, as it is kept so that a later version can read more in it.
type KeptMessage struct {
	Message MessageID
	Number  string // of the device that carried it, "" while unknown
	LID     string
	Sender  Peer // who wrote it; empty for ours
	Ours    bool
	Raw     []byte // see InboundMessage.Raw
}

// RereadMessage is what a message that is kept says, as it is read now. What can't be read is of KindUnknown.
type RereadMessage struct {
	Message MessageID
	Kind    MessageKind
	Text    string
	Content *Content // nil where the words are all there is
}

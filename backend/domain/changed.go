package domain

// Changed is what one write changed, as it is once the write is on disk: it is told to the interface only after that. Every part may be
// empty; applying it twice does no harm.
type Changed struct {
	Messages          []Message
	MessagesGone      []MessageID
	Conversations     []Conversation
	ConversationsGone []ConversationID
	Unread            []Unread
	Devices           []Device
	DevicesGone       []DeviceRef
	Filled            []ConversationID // older messages were put into them that are not among Messages
	History           []HistoryProgress
}

// Empty reports whether nothing changed.
func (c Changed) Empty() bool {
	return len(c.Messages) == 0 && len(c.MessagesGone) == 0 && len(c.Conversations) == 0 && len(c.ConversationsGone) == 0 &&
		len(c.Unread) == 0 && len(c.Devices) == 0 && len(c.DevicesGone) == 0 && len(c.Filled) == 0 && len(c.History) == 0
}

// Merge adds what a later write changed.
func (c *Changed) Merge(later Changed) {
	c.Messages = append(c.Messages, later.Messages...)
	c.MessagesGone = append(c.MessagesGone, later.MessagesGone...)
	c.Conversations = append(c.Conversations, later.Conversations...)
	c.ConversationsGone = append(c.ConversationsGone, later.ConversationsGone...)
	c.Unread = append(c.Unread, later.Unread...)
	c.Devices = append(c.Devices, later.Devices...)
	c.DevicesGone = append(c.DevicesGone, later.DevicesGone...)
	c.Filled = append(c.Filled, later.Filled...)
	c.History = append(c.History, later.History...)
}

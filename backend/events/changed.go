package events

import "waflow/backend/domain"

// Changed tells everything that one write changed: what is gone first, then devices, conversations, messages, history and unread counts.
func Changed(c domain.Changed) []Change {
	var out []Change
	for _, id := range c.ConversationsGone {
		out = append(out, ConversationGone(id))
	}
	for _, id := range c.MessagesGone {
		out = append(out, MessageGone(id))
	}
	for _, d := range c.Devices {
		out = append(out, Device(d))
	}
	for _, v := range c.Conversations {
		out = append(out, Conversation(v))
	}
	for _, m := range c.Messages {
		out = append(out, Message(m))
	}
	for _, id := range c.Filled {
		out = append(out, Filled(id))
	}
	for _, p := range c.History {
		out = append(out, History(p))
	}
	for _, u := range c.Unread {
		out = append(out, Unread(u))
	}
	return out
}

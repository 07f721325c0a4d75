package events

import (
	"strconv"

	"waflow/backend/domain"
)

// Topic says what a change is about, and with that the type of its Value.
type Topic string

// The topics, each with the type of Value and the meaning of ID.
const (
	TopicSubaccount   Topic = "subaccount"   // domain.Subaccount by its id
	TopicDevice       Topic = "device"       // domain.Device by its id
	TopicUnread       Topic = "unread"       // domain.Unread by the subaccount's id
	TopicConversation Topic = "conversation" // domain.Conversation by its id
	TopicMessage      Topic = "message"      // domain.Message by its id
	TopicFilled       Topic = "filled"       // older messages were put into the conversation with the id; there is no value
	TopicHistory      Topic = "history"      // domain.HistoryProgress by the device's id
	TopicUpload       Topic = "upload"       // domain.UploadProgress by the message's id; gone once it has ended
	TopicPairing      Topic = "pairing"      // domain.PairingStep by the device's id
	TopicNotice       Topic = "notice"       // domain.Notice by its id
	TopicNoticesRead  Topic = "notices_read" // the highest id that was read, in the id
	TopicSettings     Topic = "settings"     // domain.Settings, id 0
	TopicGap          Topic = "gap"          // domain.Gap by its id
	TopicRest         Topic = "rest"         // domain.Rest, id 0
	TopicDemo         Topic = "demo"         // domain.SimulatedPhone by its number
)

// Change is one thing that is new, different or gone. Value is the whole thing as it is now, so that applying a change twice does no
// harm; it is nil when the thing is gone. Values are shared between subscribers and must not be changed after publication.
type Change struct {
	Topic Topic
	ID    int64
	Gone  bool
	Value any
}

// Subaccount tells that a subaccount is new or different.
func Subaccount(s domain.Subaccount) Change {
	return Change{Topic: TopicSubaccount, ID: int64(s.ID), Value: s}
}

// Device tells that a device is new or different.
func Device(d domain.Device) Change {
	return Change{Topic: TopicDevice, ID: int64(d.Ref.Device), Value: d}
}

// DeviceGone tells that a device was removed.
func DeviceGone(id domain.DeviceID) Change {
	return Change{Topic: TopicDevice, ID: int64(id), Gone: true}
}

// Unread tells how much of a subaccount is unread now.
func Unread(u domain.Unread) Change {
	return Change{Topic: TopicUnread, ID: int64(u.Subaccount), Value: u}
}

// Conversation tells that a row of the inbox is new or different.
func Conversation(c domain.Conversation) Change {
	return Change{Topic: TopicConversation, ID: int64(c.Ref.Conversation), Value: c}
}

// ConversationGone tells that a conversation was removed, or merged into another.
func ConversationGone(id domain.ConversationID) Change {
	return Change{Topic: TopicConversation, ID: int64(id), Gone: true}
}

// Message tells that a message is new or different.
func Message(m domain.Message) Change {
	return Change{Topic: TopicMessage, ID: int64(m.ID), Value: m}
}

// MessageGone tells that a message was removed, a cancelled one for example.
func MessageGone(id domain.MessageID) Change {
	return Change{Topic: TopicMessage, ID: int64(id), Gone: true}
}

// Filled tells that older messages were put into a conversation, and not which.
func Filled(id domain.ConversationID) Change {
	return Change{Topic: TopicFilled, ID: int64(id)}
}

// History tells how far the history of a device has come.
func History(p domain.HistoryProgress) Change {
	return Change{Topic: TopicHistory, ID: int64(p.Ref.Device), Value: p}
}

// Upload tells how far the file of a message is, or that its upload has ended.
func Upload(p domain.UploadProgress, over bool) Change {
	if over {
		return Change{Topic: TopicUpload, ID: int64(p.Message), Gone: true}
	}
	return Change{Topic: TopicUpload, ID: int64(p.Message), Value: p}
}

// Pairing tells where the pairing of a device stands.
func Pairing(p domain.PairingStep) Change {
	return Change{Topic: TopicPairing, ID: int64(p.Ref.Device), Value: p}
}

// Notice tells of a notification.
func Notice(n domain.Notice) Change {
	return Change{Topic: TopicNotice, ID: n.ID, Value: n}
}

// NoticesRead tells up to which id notices were read.
func NoticesRead(upTo int64) Change {
	return Change{Topic: TopicNoticesRead, ID: upTo}
}

// Settings tells the workspace's settings as they are now.
func Settings(s domain.Settings) Change {
	return Change{Topic: TopicSettings, Value: s}
}

// Gap tells what is known of a time in which nothing arrived.
func Gap(g domain.Gap) Change {
	return Change{Topic: TopicGap, ID: int64(g.ID), Value: g}
}

// Rest tells what there is to say about the computer's sleep as it is now.
func Rest(r domain.Rest) Change {
	return Change{Topic: TopicRest, Value: r}
}

// Demo tells what a simulated phone shows.
func Demo(phone domain.SimulatedPhone) Change {
	number, _ := strconv.ParseInt(phone.Number, 10, 64) // fifteen digits at most
	return Change{Topic: TopicDemo, ID: number, Value: phone}
}

// weight estimates the memory that a change holds on to, in bytes.
func (c Change) weight() int {
	const row = 512
	switch v := c.Value.(type) {
	case domain.Message:
		return row + len(v.Text)
	case domain.Conversation:
		return row + len(v.Draft) + len(v.LastMessage.Text)
	case domain.Rest:
		texts := row
		for _, l := range v.Late {
			texts += row + len(l.Message.Text)
		}
		return texts
	default:
		return row
	}
}

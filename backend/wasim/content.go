package wasim

import (
	"crypto/sha256"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Kind names what a message is for the people who see it.
type Kind string

// The kinds of messages that a phone shows as such; everything else is KindUnknown and keeps its protobuf.
const (
	KindText         Kind = "text"
	KindImage        Kind = "image"
	KindVideo        Kind = "video"
	KindGIF          Kind = "gif"
	KindVideoNote    Kind = "video_note"
	KindAudio        Kind = "audio"
	KindVoice        Kind = "voice"
	KindDocument     Kind = "document"
	KindSticker      Kind = "sticker"
	KindLocation     Kind = "location"
	KindLiveLocation Kind = "live_location"
	KindContact      Kind = "contact"
	KindContacts     Kind = "contacts"
	KindPoll         Kind = "poll"
	KindGroupInvite  Kind = "group_invite"
	// KindDeleted is what is left of a message that was deleted for everyone.
	KindDeleted Kind = "deleted"
	KindUnknown Kind = "unknown"
)

// Content is what a message shows besides its text, and what became of it since.
type Content struct {
	Kind Kind `json:"kind"`
	// Type is the field of the protobuf message that holds the content, for example "imageMessage".
	Type string `json:"type"`
	// Quoted is the id of the message that this one answers.
	Quoted string `json:"quoted,omitempty"`
	// Mentions are the JIDs of the people that the text names.
	Mentions []string `json:"mentions,omitempty"`
	// Forwarded counts how often the message was forwarded.
	Forwarded uint32       `json:"forwarded,omitempty"`
	Preview   *LinkPreview `json:"preview,omitempty"`
	Place     *Place       `json:"place,omitempty"`
	Cards     []Card       `json:"cards,omitempty"`
	Poll      *Poll        `json:"poll,omitempty"`
	Invite    *GroupInvite `json:"invite,omitempty"`
	Media     *Media       `json:"media,omitempty"`
	// ViewOnce is true for a photo, video or voice note that can be opened once.
	ViewOnce bool `json:"viewOnce,omitempty"`
	// Expiration is after how many seconds the message disappears, 0 for never.
	Expiration uint32 `json:"expiration,omitempty"`
	// Reactions are the emojis by their authors' numbers, with the plus.
	Reactions map[string]string `json:"reactions,omitempty"`
	// Edited is true when the text is not the first one.
	Edited bool `json:"edited,omitempty"`
	// Pinned is true while the message is pinned in its chat.
	Pinned bool `json:"pinned,omitempty"`
}

// LinkPreview is what a text shows of the page that it links to.
type LinkPreview struct {
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	// Thumbnail is a small JPEG, base64 in JSON.
	Thumbnail []byte `json:"thumbnail,omitempty"`
}

// Place is a location, in degrees.
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	// Sequence counts the updates of a live location.
	Sequence int64 `json:"sequence,omitempty"`
}

// Card is a contact that someone sends.
type Card struct {
	Name string `json:"name"`
	// VCard is the card itself. A Draft may leave it out and give Number instead.
	VCard  string `json:"vcard,omitempty"`
	Number string `json:"number,omitempty"`
}

// Poll is a question with its options and what was voted so far.
type Poll struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
	// Selectable is how many options a person may choose, 0 for any number.
	Selectable uint32 `json:"selectable,omitempty"`
	// Votes are the chosen options by the voters' numbers, with the plus.
	Votes map[string][]string `json:"votes,omitempty"`
}

// GroupInvite asks a person to join a group.
type GroupInvite struct {
	// Group is the group's JID.
	Group string `json:"group"`
	Name  string `json:"name,omitempty"`
	Code  string `json:"code"`
	// Expires is when the code ends, in Unix seconds.
	Expires int64 `json:"expires,omitempty"`
}

// Media describes the file of a message.
type Media struct {
	Mime string `json:"mime"`
	// Size of the file in bytes, as its sender says.
	Size     uint64 `json:"size"`
	FileName string `json:"fileName,omitempty"`
	Seconds  uint32 `json:"seconds,omitempty"`
	Width    uint32 `json:"width,omitempty"`
	Height   uint32 `json:"height,omitempty"`
	Pages    uint32 `json:"pages,omitempty"`
	// Thumbnail is a small JPEG (PNG for stickers), base64 in JSON; Waveform has the loudness of a voice note, 0 to 100.
	Thumbnail []byte `json:"thumbnail,omitempty"`
	Waveform  []byte `json:"waveform,omitempty"`
	// Fetched is true when the phone has the file and its MAC and both hashes were right.
	Fetched bool `json:"fetched"`
	// Problem says why the file could not be fetched.
	Problem string `json:"problem,omitempty"`
}

// maxWrapping bounds how deep messages are wrapped in one another.
const maxWrapping = 8

// unwrap takes the content out of what says how it is to be shown: disappearing, once, with a caption, as an edit.
func unwrap(m *waE2E.Message) (inner *waE2E.Message, viewOnce bool) {
	for range maxWrapping {
		if sent := m.GetDeviceSentMessage().GetMessage(); sent != nil {
			m = sent
		}
		once := m.GetViewOnceMessage().GetMessage()
		for _, next := range []*waE2E.Message{m.GetViewOnceMessageV2().GetMessage(), m.GetViewOnceMessageV2Extension().GetMessage()} {
			if next != nil {
				once = next
			}
		}
		next := once
		for _, wrapper := range []*waE2E.FutureProofMessage{
			m.GetEphemeralMessage(), m.GetDocumentWithCaptionMessage(), m.GetEditedMessage(), m.GetLottieStickerMessage(),
			m.GetGroupMentionedMessage(), m.GetAssociatedChildMessage(), m.GetPollCreationMessageV4(),
		} {
			if wrapper.GetMessage() != nil {
				next = wrapper.GetMessage()
			}
		}
		if next == nil {
			return m, viewOnce
		}
		viewOnce = viewOnce || once != nil
		m = next
	}
	return m, viewOnce
}

// pollOf finds the poll in a message, whatever its version.
func pollOf(m *waE2E.Message) *waE2E.PollCreationMessage {
	for _, poll := range []*waE2E.PollCreationMessage{
		m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3(),
		m.GetPollCreationMessageV5(), m.GetPollCreationMessageV6(),
	} {
		if poll != nil {
			return poll
		}
	}
	return nil
}

// body finds the field that holds a message's content; the protobuf is nil for a plain text.
func body(m *waE2E.Message) (field string, content proto.Message) {
	if m == nil || m.Conversation != nil {
		return "conversation", nil
	}
	lowest := protoreflect.FieldNumber(-1)
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch f.Name() {
		case "messageContextInfo", "senderKeyDistributionMessage":
			return true
		}
		if f.Kind() == protoreflect.MessageKind && !f.IsList() && (lowest < 0 || f.Number() < lowest) {
			lowest, field, content = f.Number(), string(f.Name()), v.Message().Interface()
		}
		return true
	})
	return field, content
}

// contextOf is the context of a message's content: what it answers, whom it names, how long it lives.
func contextOf(content proto.Message) *waE2E.ContextInfo {
	if holder, ok := content.(interface{ GetContextInfo() *waE2E.ContextInfo }); ok {
		return holder.GetContextInfo()
	}
	return nil
}

// describe reads what a message shows.
func describe(message *waE2E.Message) *Content {
	inner, viewOnce := unwrap(message)
	field, content := body(inner)
	c := &Content{Kind: kindOf(inner), Type: field, ViewOnce: viewOnce}
	if about := contextOf(content); about != nil {
		c.Quoted, c.Mentions = about.GetStanzaID(), about.GetMentionedJID()
		c.Forwarded, c.Expiration = about.GetForwardingScore(), about.GetExpiration()
	}
	if media, ok := content.(mediaBody); ok {
		c.Media = describeMedia(media)
	}
	if once, ok := content.(interface{ GetViewOnce() bool }); ok && once.GetViewOnce() {
		c.ViewOnce = true
	}
	describeSpecial(inner, c)
	return c
}

// kindOf names a message that was unwrapped.
func kindOf(m *waE2E.Message) Kind {
	switch {
	case m.GetConversation() != "", m.GetExtendedTextMessage() != nil:
		return KindText
	case m.GetImageMessage() != nil:
		return KindImage
	case m.GetVideoMessage().GetGifPlayback():
		return KindGIF
	case m.GetVideoMessage() != nil:
		return KindVideo
	case m.GetPtvMessage() != nil:
		return KindVideoNote
	case m.GetAudioMessage().GetPTT():
		return KindVoice
	case m.GetAudioMessage() != nil:
		return KindAudio
	case m.GetDocumentMessage() != nil:
		return KindDocument
	case m.GetStickerMessage() != nil:
		return KindSticker
	case m.GetLocationMessage() != nil:
		return KindLocation
	case m.GetLiveLocationMessage() != nil:
		return KindLiveLocation
	case m.GetContactMessage() != nil:
		return KindContact
	case m.GetContactsArrayMessage() != nil:
		return KindContacts
	case pollOf(m) != nil:
		return KindPoll
	case m.GetGroupInviteMessage() != nil:
		return KindGroupInvite
	default:
		return KindUnknown
	}
}

// describeSpecial reads what only one kind of message has.
func describeSpecial(m *waE2E.Message, c *Content) {
	switch c.Kind {
	case KindText:
		if text := m.GetExtendedTextMessage(); text.GetTitle() != "" {
			c.Preview = &LinkPreview{
				URL: text.GetMatchedText(), Title: text.GetTitle(), Description: text.GetDescription(), Thumbnail: text.GetJPEGThumbnail(),
			}
		}
	case KindLocation:
		l := m.GetLocationMessage()
		c.Place = &Place{Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Name: l.GetName(), Address: l.GetAddress()}
	case KindLiveLocation:
		l := m.GetLiveLocationMessage()
		c.Place = &Place{Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Sequence: l.GetSequenceNumber()}
	case KindContact:
		c.Cards = []Card{{Name: m.GetContactMessage().GetDisplayName(), VCard: m.GetContactMessage().GetVcard()}}
	case KindContacts:
		for _, card := range m.GetContactsArrayMessage().GetContacts() {
			c.Cards = append(c.Cards, Card{Name: card.GetDisplayName(), VCard: card.GetVcard()})
		}
	case KindPoll:
		poll := pollOf(m)
		c.Poll = &Poll{Question: poll.GetName(), Selectable: poll.GetSelectableOptionsCount()}
		for _, option := range poll.GetOptions() {
			c.Poll.Options = append(c.Poll.Options, option.GetOptionName())
		}
	case KindGroupInvite:
		g := m.GetGroupInviteMessage()
		c.Invite = &GroupInvite{Group: g.GetGroupJID(), Name: g.GetGroupName(), Code: g.GetInviteCode(), Expires: g.GetInviteExpiration()}
	default:
	}
}

// textOf is the text of a message: what was written, the caption of a file, the question of a poll.
func textOf(message *waE2E.Message) string {
	m, _ := unwrap(message)
	if text := m.GetConversation(); text != "" {
		return text
	}
	if text := m.GetExtendedTextMessage().GetText(); text != "" {
		return text
	}
	if poll := pollOf(m); poll != nil {
		return poll.GetName()
	}
	_, content := body(m)
	if captioned, ok := content.(interface{ GetCaption() string }); ok {
		return captioned.GetCaption()
	}
	return ""
}

// view is a message as the phone shows it at a moment; false when it has disappeared. The caller holds Phone.mu.
func (m *storedMessage) view(now time.Time) (ChatMessage, bool) {
	shown := m.ChatMessage
	shown.Author = currentLabel(m.by)
	for member, state := range m.members {
		if shown.Members == nil {
			shown.Members = make(map[string]MessageState)
		}
		shown.Members[currentLabel(member)] = state
	}
	shown.Content = describe(m.content)
	if life := time.Duration(shown.Expiration) * time.Second; life > 0 && now.Sub(m.At) >= life {
		return ChatMessage{}, false
	}
	if shown.Media != nil && m.file != nil {
		shown.Media.Fetched, shown.Media.Problem = m.file.blob != nil, m.file.problem
	}
	if m.later != nil {
		m.later.apply(&shown)
	}
	return shown, true
}

// optionHash is how a vote names an option.
func optionHash(option string) string {
	sum := sha256.Sum256([]byte(option))
	return string(sum[:])
}

package wasim

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// ErrBadDraft means that a draft lacks what its kind needs, or has what its kind cannot have.
var ErrBadDraft = errors.New("not a message that can be written")

// Draft describes a message of any kind for a phone to write. Only Kind is required for files: a phone has a small real
// file of every kind at hand (SampleFile).
type Draft struct {
	// Kind of the message. Default KindText.
	Kind Kind `json:"kind,omitempty"`
	// Text is the text, the caption of a file, the question of a poll, the words beside a group invite.
	Text string `json:"text,omitempty"`
	// Reply is the id of the message in the same chat that this one answers.
	Reply string `json:"reply,omitempty"`
	// Mentions are the numbers of people whom the text names as @number.
	Mentions []string `json:"mentions,omitempty"`
	// Forwarded is how often the message was forwarded before; clients show "many times" from 5.
	Forwarded uint32 `json:"forwarded,omitempty"`
	// ViewOnce makes a photo, video or voice note one that can be opened once.
	ViewOnce bool `json:"viewOnce,omitempty"`
	// Expiration makes this message disappear after so many seconds. Default: the chat's timer.
	Expiration uint32       `json:"expiration,omitempty"`
	Preview    *LinkPreview `json:"preview,omitempty"`
	Place      *Place       `json:"place,omitempty"`
	Cards      []Card       `json:"cards,omitempty"`
	// Options of a poll, and how many of them a person may choose: 0 for any number.
	Options    []string     `json:"options,omitempty"`
	Selectable uint32       `json:"selectable,omitempty"`
	Invite     *GroupInvite `json:"invite,omitempty"`
	// File to send. Default: a sample.
	File *File `json:"file,omitempty"`
	// Raw is an encoded waE2E.Message of KindUnknown, base64 in JSON.
	Raw []byte `json:"raw,omitempty"`
}

// Write writes a message of any kind to a number. It returns the message's id as soon as the server has taken it.
//
// Errors: ErrBadDraft, ErrEmptyText, ErrUnknownNumber, ErrUnknownMessage for an unknown reply, and ctx's.
func (p *endpoint) Write(ctx context.Context, to string, d Draft) (string, error) {
	message, err := p.Compose(to, d)
	if err != nil {
		return "", err
	}
	return p.Send(ctx, to, message)
}

// Compose makes the message of a draft without sending it, for a history or for Send. A file is uploaded for it. Errors
// are those of Write.
func (p *endpoint) Compose(to string, d Draft) (*waE2E.Message, error) {
	with, err := p.party(to)
	if err != nil {
		return nil, err
	}
	message, err := p.contentFor(d)
	if err != nil {
		return nil, err
	}
	about := &waE2E.ContextInfo{}
	if d.Reply != "" {
		if err = p.quote(about, to, d.Reply); err != nil {
			return nil, err
		}
	}
	for _, number := range d.Mentions {
		person, err := p.peer(number)
		if err != nil {
			return nil, err
		}
		about.MentionedJID = append(about.MentionedJID, person.jidOn(p.space(with)).String())
	}
	if d.Forwarded > 0 {
		about.ForwardingScore, about.IsForwarded = proto.Uint32(d.Forwarded), proto.Bool(true)
	}
	if d.Expiration > 0 {
		about.Expiration = proto.Uint32(d.Expiration)
	}
	if proto.Size(about) > 0 && !addContext(message, about) {
		return nil, fmt.Errorf("%w: a %s cannot answer, mention, be forwarded or disappear", ErrBadDraft, d.Kind)
	}
	if d.ViewOnce {
		return viewOnce(message)
	}
	return message, nil
}

// contentFor makes the content of a draft without what surrounds it.
func (p *endpoint) contentFor(d Draft) (*waE2E.Message, error) {
	switch d.Kind {
	case "", KindText:
		return textMessage(d)
	case KindImage, KindVideo, KindGIF, KindVideoNote, KindAudio, KindVoice, KindDocument, KindSticker:
		return p.fileMessage(d)
	case KindLocation, KindLiveLocation:
		return placeMessage(d)
	case KindContact, KindContacts:
		return cardMessage(d)
	case KindPoll:
		return pollMessage(d)
	case KindGroupInvite:
		return inviteMessage(d)
	case KindUnknown:
		message := &waE2E.Message{}
		if err := proto.Unmarshal(d.Raw, message); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadDraft, err)
		}
		return message, nil
	default:
		return nil, fmt.Errorf("%w: kind %q", ErrBadDraft, d.Kind)
	}
}

func textMessage(d Draft) (*waE2E.Message, error) {
	if d.Text == "" {
		return nil, ErrEmptyText
	}
	if d.Preview == nil {
		return &waE2E.Message{Conversation: proto.String(d.Text)}, nil
	}
	return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(d.Text), MatchedText: proto.String(d.Preview.URL), Title: proto.String(d.Preview.Title),
		Description: proto.String(d.Preview.Description), JPEGThumbnail: d.Preview.Thumbnail,
		PreviewType: waE2E.ExtendedTextMessage_NONE.Enum(),
	}}, nil
}

func placeMessage(d Draft) (*waE2E.Message, error) {
	if d.Place == nil {
		return nil, fmt.Errorf("%w: a location needs a place", ErrBadDraft)
	}
	latitude, longitude := proto.Float64(d.Place.Latitude), proto.Float64(d.Place.Longitude)
	if d.Kind == KindLiveLocation {
		return &waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{
			DegreesLatitude: latitude, DegreesLongitude: longitude, AccuracyInMeters: proto.Uint32(10),
			Caption: unlessEmpty(d.Text), SequenceNumber: proto.Int64(d.Place.Sequence),
		}}, nil
	}
	return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: latitude, DegreesLongitude: longitude, Name: unlessEmpty(d.Place.Name), Address: unlessEmpty(d.Place.Address),
	}}, nil
}

func cardMessage(d Draft) (*waE2E.Message, error) {
	if len(d.Cards) == 0 || d.Kind == KindContact && len(d.Cards) > 1 {
		return nil, fmt.Errorf("%w: a %s message with %d cards", ErrBadDraft, d.Kind, len(d.Cards))
	}
	cards := make([]*waE2E.ContactMessage, len(d.Cards))
	for i, c := range d.Cards {
		cards[i] = &waE2E.ContactMessage{DisplayName: proto.String(c.Name), Vcard: proto.String(vcard(c))}
	}
	if d.Kind == KindContact {
		return &waE2E.Message{ContactMessage: cards[0]}, nil
	}
	return &waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{
		DisplayName: proto.String(fmt.Sprintf("%d contacts", len(cards))), Contacts: cards,
	}}, nil
}

// vcard makes the card of a person, with the number that opens a chat.
func vcard(c Card) string {
	if c.VCard != "" {
		return c.VCard
	}
	digits := strings.TrimPrefix(c.Number, "+")
	return "BEGIN:VCARD\nVERSION:3.0\nN:;" + c.Name + ";;;\nFN:" + c.Name +
		"\nTEL;type=CELL;waid=" + digits + ":+" + digits + "\nEND:VCARD"
}

func pollMessage(d Draft) (*waE2E.Message, error) {
	if d.Text == "" || len(d.Options) < 2 || int(d.Selectable) > len(d.Options) {
		return nil, fmt.Errorf("%w: a poll needs a question and two options", ErrBadDraft)
	}
	poll := &waE2E.PollCreationMessage{Name: proto.String(d.Text), SelectableOptionsCount: proto.Uint32(d.Selectable)}
	for _, option := range d.Options {
		poll.Options = append(poll.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(option)})
	}
	if d.Selectable == 1 {
		return &waE2E.Message{PollCreationMessageV3: poll}, nil
	}
	return &waE2E.Message{PollCreationMessage: poll}, nil
}

func inviteMessage(d Draft) (*waE2E.Message, error) {
	if d.Invite == nil {
		return nil, fmt.Errorf("%w: an invite needs a group", ErrBadDraft)
	}
	return &waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{
		GroupJID: proto.String(d.Invite.Group), InviteCode: proto.String(d.Invite.Code), GroupName: proto.String(d.Invite.Name),
		InviteExpiration: proto.Int64(d.Invite.Expires), Caption: unlessEmpty(d.Text),
	}}, nil
}

// unlessEmpty leaves a field out when there is nothing in it.
func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return proto.String(text)
}

// quote makes a message an answer to another one of the same chat.
func (p *endpoint) quote(about *waE2E.ContextInfo, chat, id string) error {
	_, m, err := p.keyOf(chat, id)
	if err != nil {
		return err
	}
	about.StanzaID = proto.String(id)
	about.Participant = proto.String(m.author.ToNonAD().String())
	about.QuotedMessage = proto.CloneOf(p.contentOf(m))
	about.QuotedMessage.MessageContextInfo = nil
	return nil
}

// addContext merges into the context of a message's content. It returns false for content that cannot have one.
func addContext(message *waE2E.Message, about *waE2E.ContextInfo) bool {
	inner, _ := unwrap(message)
	if inner.Conversation != nil {
		inner.ExtendedTextMessage, inner.Conversation = &waE2E.ExtendedTextMessage{Text: inner.Conversation}, nil
	}
	_, content := body(inner)
	if content == nil {
		return false
	}
	m := content.ProtoReflect()
	field := m.Descriptor().Fields().ByName("contextInfo")
	if field == nil || field.Kind() != protoreflect.MessageKind {
		return false
	}
	proto.Merge(m.Mutable(field).Message().Interface(), about)
	return true
}

// viewOnce wraps a photo, video or voice note so that it can be opened once.
func viewOnce(message *waE2E.Message) (*waE2E.Message, error) {
	switch {
	case message.GetImageMessage() != nil:
		message.ImageMessage.ViewOnce = proto.Bool(true)
	case message.GetVideoMessage() != nil:
		message.VideoMessage.ViewOnce = proto.Bool(true)
	case message.GetAudioMessage() != nil:
		message.AudioMessage.ViewOnce = proto.Bool(true)
		return &waE2E.Message{ViewOnceMessageV2Extension: &waE2E.FutureProofMessage{Message: message}}, nil
	default:
		return nil, fmt.Errorf("%w: only photos, videos and voice notes can be viewed once", ErrBadDraft)
	}
	return &waE2E.Message{ViewOnceMessageV2: &waE2E.FutureProofMessage{Message: message}}, nil
}

// prepared is a message as it goes out: with a secret for what answers it, and disappearing when its chat says so.
func (p *endpoint) prepared(with party, message *waE2E.Message) *waE2E.Message {
	message = proto.CloneOf(message)
	about := message.GetMessageContextInfo()
	message.MessageContextInfo = nil
	if about == nil {
		about = &waE2E.MessageContextInfo{}
	}
	if about.MessageSecret == nil {
		about.MessageSecret = p.random.bytes(32)
	}
	p.beginChat(with)
	life := p.timerOf(with)
	inner, _ := unwrap(message)
	_, content := body(inner)
	lasts := contextOf(content).GetExpiration() == 0
	if life.seconds > 0 && lasts && kindOf(inner) != KindUnknown &&
		addContext(message, &waE2E.ContextInfo{Expiration: proto.Uint32(life.seconds), EphemeralSettingTimestamp: proto.Int64(life.set)}) {
		lasts = false
	}
	if !lasts && message.GetEphemeralMessage() == nil {
		message = &waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: message}}
	}
	message.MessageContextInfo = about
	return message
}

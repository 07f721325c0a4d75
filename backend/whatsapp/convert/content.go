package convert

import (
	"cmp"
	"slices"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"

	"waflow/backend/domain"
)

// maxWrappers bounds how many envelopes are opened: real messages have up to three.
const maxWrappers = 8

// content is what a message holds for people.
type content struct {
	kind   domain.MessageKind
	text   string
	parts  domain.Content
	silent bool // nothing
	secret bool // it may not be kept as it came
}

// read looks at a message as it was received, through its envelopes.
func read(raw *waE2E.Message, own Own) content {
	message, once := unwrap(raw)
	if isSilent(message) {
		return content{silent: true}
	}
	c := body(message)
	about(message, own).into(&c.parts)
	if (once || opensOnce(message)) && isShownOnce(c.kind) {
		c.text, c.secret = "", true
		c.parts = domain.Content{Once: true, Reply: c.parts.Reply, Forwarded: c.parts.Forwarded, Timer: c.parts.Timer}
	}
	return c
}

// held is what a message holds besides its words, nil where that is nothing.
func (c content) held() *domain.Content {
	if c.parts.Empty() {
		return nil
	}
	return &c.parts
}

// body reads what a message without envelopes holds, whatever it answers.
func body(message *waE2E.Message) content {
	for _, reader := range []func(*waE2E.Message) (content, bool){text, file, location, cards, poll, event, invite, call, line, business} {
		if c, ok := reader(message); ok {
			return c
		}
	}
	return content{kind: domain.KindUnknown, parts: domain.Content{Unknown: nameOf(message)}}
}

// text reads what was written, with what its sender showed of a page.
func text(message *waE2E.Message) (content, bool) {
	extended := message.GetExtendedTextMessage()
	written := cmp.Or(message.GetConversation(), extended.GetText())
	if written == "" {
		return content{}, false
	}
	c := content{kind: domain.KindText, text: words(written)}
	if page := link(extended.GetMatchedText()); page != "" && (extended.GetTitle() != "" || extended.GetDescription() != "") {
		c.parts.Preview = &domain.Preview{URL: page, Title: label(extended.GetTitle()), Description: label(extended.GetDescription())}
		c.parts.Thumbnail = small(extended.GetJPEGThumbnail())
	}
	return c, true
}

// business reads what a company's program sent or a person answered with a button: the words. What else it has, only a phone shows.
func business(message *waE2E.Message) (content, bool) {
	template := message.GetTemplateMessage()
	written := cmp.Or(
		template.GetHydratedTemplate().GetHydratedContentText(),
		template.GetHydratedFourRowTemplate().GetHydratedContentText(),
		message.GetButtonsMessage().GetContentText(),
		message.GetListMessage().GetDescription(),
		message.GetListMessage().GetTitle(),
		message.GetInteractiveMessage().GetBody().GetText(),
		message.GetInteractiveResponseMessage().GetBody().GetText(),
	)
	if written != "" {
		return content{kind: domain.KindText, text: words(written), parts: domain.Content{Unknown: nameOf(message)}}, true
	}
	answer := cmp.Or(
		message.GetButtonsResponseMessage().GetSelectedDisplayText(),
		message.GetListResponseMessage().GetTitle(),
		message.GetTemplateButtonReplyMessage().GetSelectedDisplayText(),
	)
	return content{kind: domain.KindText, text: words(answer)}, answer != ""
}

// nameOf is WhatsApp's own name of what a message holds, "" if even that is not known.
func nameOf(message *waE2E.Message) string {
	name, lowest := "", protoreflect.FieldNumber(0)
	message.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if !isWrapping(field.Name()) && (name == "" || field.Number() < lowest) {
			name, lowest = string(field.Name()), field.Number()
		}
		return true
	})
	return name
}

// isWrapping tells whether a field of a message is none of its content.
func isWrapping(name protoreflect.Name) bool {
	return slices.Contains([]protoreflect.Name{
		"senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo",
	}, name)
}

// isShownOnce tells whether a kind is one that people can send to be opened once.
func isShownOnce(kind domain.MessageKind) bool {
	return slices.Contains([]domain.MessageKind{domain.KindImage, domain.KindVideo, domain.KindGIF, domain.KindVoice, domain.KindAudio}, kind)
}

func opensOnce(message *waE2E.Message) bool {
	return message.GetImageMessage().GetViewOnce() || message.GetVideoMessage().GetViewOnce() || message.GetPtvMessage().GetViewOnce() ||
		message.GetAudioMessage().GetViewOnce()
}

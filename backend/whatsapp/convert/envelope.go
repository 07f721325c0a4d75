package convert

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// unwrapOwn opens the envelope of what our account sent from another device.
func unwrapOwn(message *waE2E.Message) *waE2E.Message {
	if inner := message.GetDeviceSentMessage().GetMessage(); inner != nil {
		return inner
	}
	return message
}

// unwrap opens envelopes that say how a message is shown and not what it holds. Once is set if one of them says that it opens once.
func unwrap(message *waE2E.Message) (inner *waE2E.Message, once bool) {
	for range maxWrappers {
		next := unwrapOwn(message)
		if next == message {
			var shownOnce bool
			next, shownOnce = enveloped(message)
			once = once || shownOnce
		}
		if next == nil {
			break
		}
		message = next
	}
	return message, once
}

func enveloped(message *waE2E.Message) (inner *waE2E.Message, once bool) {
	for _, envelope := range []*waE2E.FutureProofMessage{
		message.GetViewOnceMessage(),
		message.GetViewOnceMessageV2(),
		message.GetViewOnceMessageV2Extension(),
	} {
		if inner := envelope.GetMessage(); inner != nil {
			return inner, true
		}
	}
	for _, envelope := range []*waE2E.FutureProofMessage{
		message.GetEphemeralMessage(),
		message.GetDocumentWithCaptionMessage(),
		message.GetLottieStickerMessage(),
		message.GetPollCreationMessageV4(),
		message.GetGroupMentionedMessage(),
		message.GetBotInvokeMessage(),
		message.GetAssociatedChildMessage(),
		message.GetBotForwardedMessage(),
		message.GetSpoilerMessage(),
	} {
		if inner := envelope.GetMessage(); inner != nil {
			return inner, false
		}
	}
	return nil, false
}

package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// AskOlder asks our phone for messages of a conversation that are older than one that is here. It returns when WhatsApp has the request; the
// phone answers with a notice of history, if it answers. Errors are *domain.Error: CodeNotConnected, CodeInvalid for a conversation of nobody.
func (c *Client) AskOlder(ctx context.Context, what domain.Older) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	chat := receiptJID(what.Chat)
	if chat.IsEmpty() {
		return invalid("The request for older messages names no chat.", nil)
	}
	if !c.Linked() {
		return notConnected(whatsmeow.ErrNotLoggedIn)
	}
	last := &types.MessageInfo{MessageSource: types.MessageSource{Chat: chat, IsFromMe: what.FromMe}, ID: what.WAID, Timestamp: what.At}
	if last.ID == "" {
		last.ID = c.wa.GenerateMessageID()
	}
	ctx, done := c.patience.wait(ctx)
	defer done()
	request := c.wa.BuildHistorySyncRequest(last, what.Count)
	own := c.wa.Store.GetJID().ToNonAD()
	if _, err := c.wa.SendMessage(ctx, own, request, whatsmeow.SendRequestExtra{ID: what.Request, Peer: true, Timeout: deadline}); err != nil {
		return sendFailed(ctx, err)
	}
	return nil
}

// answer is what is known of an answer to AskOlder while it is read; nil for history that nobody asked for.
type answer struct{ domain.OlderAnswer }

func answerOf(notice domain.InboundHistory) *answer {
	var n waE2E.HistorySyncNotification
	if proto.Unmarshal(notice.Raw, &n) != nil || n.GetPeerDataRequestSessionID() == "" {
		return nil
	}
	return &answer{domain.OlderAnswer{Request: n.GetPeerDataRequestSessionID()}}
}

// add takes in one conversation of the answer.
func (a *answer) add(conversation *waHistorySync.Conversation) {
	if a == nil {
		return
	}
	a.End = conversation.GetEndOfHistoryTransferType() == waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY
	for _, entry := range conversation.GetMessages() {
		at := time.Unix(int64(entry.GetMessage().GetMessageTimestamp()), 0)
		if a.Oldest.IsZero() || at.Before(a.Oldest) {
			a.Oldest = at
		}
	}
}

func (a *answer) made() *domain.OlderAnswer {
	if a == nil {
		return nil
	}
	return &a.OlderAnswer
}

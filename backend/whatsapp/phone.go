package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// AskPhone asks the account's phone for something that it answers by itself, and returns when WhatsApp has the question, after 20 s at most.
// The phone's answer, whenever it comes, is the event SessionPhoneSeen. Nobody sees question or answer in a chat.
//
// What is asked for is a key of the app state that this device has already, which every phone hands out to the devices of its account
// (APP_STATE_SYNC_KEY_REQUEST and …_SHARE); to get it again changes nothing.
//
// Errors are *domain.Error: CodeNotConnected, CodeSendUncertain when WhatsApp has not confirmed it, CodeConflict when the phone has not given
// out a key yet, CodeStorageFailed.
func (c *Client) AskPhone(ctx context.Context) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	if !c.Linked() {
		return notConnected(errClosed)
	}
	key, err := c.wa.Store.AppStateKeys.GetLatestAppStateSyncKeyID(ctx)
	if err != nil {
		return storageFailed("The session file can't be read.", err)
	}
	if len(key) == 0 {
		return conflict("The phone has not given out a key yet.", nil)
	}
	ctx, done := c.patience.wait(ctx)
	defer done()
	if _, err := c.wa.SendPeerMessage(ctx, keyRequest(key)); err != nil {
		return sendFailed(ctx, err)
	}
	return nil
}

func keyRequest(key []byte) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type:                   waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_REQUEST.Enum(),
		AppStateSyncKeyRequest: &waE2E.AppStateSyncKeyRequest{KeyIDs: []*waE2E.AppStateSyncKeyId{{KeyID: key}}},
	}}
}

// phoneSeen tells of a sign of life of the account's phone.
func (c *Client) phoneSeen(raw any) {
	if at, ok := c.phoneSign(raw); ok {
		c.emit(domain.SessionEvent{Kind: domain.SessionPhoneSeen, At: at})
	}
}

// phoneSign is when the account's phone sent what an event brings, by WhatsApp's clock, and false for what does not come from it. Only messages
// count: what the phone writes to people, and what it says to its companions (keys, notices of history, answers). Receipts and changes of the app
// state name the account, which other companions belong to as well.
func (c *Client) phoneSign(raw any) (time.Time, bool) {
	var info *types.MessageInfo
	switch e := raw.(type) {
	case *events.Message:
		info = &e.Info
	case *events.UndecryptableMessage:
		info = &e.Info
	default:
		return time.Time{}, false
	}
	fromPhone := info.IsFromMe && info.Sender.Device == 0 && !info.Timestamp.IsZero()
	return info.Timestamp, fromPhone
}

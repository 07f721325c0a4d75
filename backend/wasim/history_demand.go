package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// A linked device that has shown all it has of a chat asks its phone for older messages:
//
//	device → phone: protocolMessage PEER_DATA_OPERATION_REQUEST_MESSAGE {HISTORY_SYNC_ON_DEMAND,
//	                historySyncOnDemandRequest {chatJid, oldestMsgId, oldestMsgFromMe, oldestMsgTimestampMs, onDemandMsgCount}}
//	phone → device: protocolMessage HISTORY_SYNC_NOTIFICATION {ON_DEMAND, peerDataRequestSessionId: id of the request}
//
// The answer holds one conversation with the messages just before the named one, the newest first. Its end says whether
// the phone has more.

// onDemandMessages is how many messages a device gets that does not say how many it wants, onDemandMost how many at most.
const onDemandMessages, onDemandMost = 50, 500

// sendOlder answers a request for older messages of a chat.
func (p *Phone) sendOlder(ctx context.Context, d *device, request string, wanted *waE2E.PeerDataOperationRequestMessage_HistorySyncOnDemandRequest) error {
	chat, err := types.ParseJID(wanted.GetChatJID())
	if err != nil {
		return nil // a request that names no chat has no answer
	}
	t := p.threadOf(p.labelOf(chat))
	if t == nil {
		return nil
	}
	count := int(wanted.GetOnDemandMsgCount())
	if count <= 0 {
		count = onDemandMessages
	}
	first := p.olderThan(t, wanted)
	end := min(first+min(count, onDemandMost), t.count())
	c := p.conversation(t)
	p.addMessages(c, t, first, end)
	c.EndOfHistoryTransfer = proto.Bool(true)
	c.EndOfHistoryTransferType = waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY.Enum()
	if end < t.count() {
		c.EndOfHistoryTransferType = waHistorySync.Conversation_COMPLETE_ON_DEMAND_SYNC_BUT_MORE_MSG_REMAIN_ON_PRIMARY.Enum()
	}
	h := &waHistorySync.HistorySync{
		SyncType: waHistorySync.HistorySync_ON_DEMAND.Enum(), ChunkOrder: proto.Uint32(0), Progress: proto.Uint32(100),
		Conversations: []*waHistorySync.Conversation{c},
	}
	o := &offer{device: d, request: request}
	o.again = func(ctx context.Context) error { return p.sendOlder(ctx, d, request, wanted) }
	return p.offerHistory(ctx, h, wanted.GetSupportInlineResponse(), o)
}

// olderThan finds the message that comes after the one that a request names, or, when the phone does not have that one,
// the newest that is older than it.
func (p *Phone) olderThan(t *thread, wanted *waE2E.PeerDataOperationRequestMessage_HistorySyncOnDemandRequest) int {
	before := wanted.GetOldestMsgTimestampMS()
	if before > 1e11 {
		before /= 1000 // seconds are what clients send, whatever the name of the field says
	}
	byTime := t.count()
	for n := range t.count() {
		m, err := p.threadMessage(t, n)
		if err != nil {
			continue
		}
		if m.ID == wanted.GetOldestMsgID() {
			return n + 1
		}
		if byTime == t.count() && m.At.Unix() < before {
			byTime = n
		}
	}
	return byTime
}

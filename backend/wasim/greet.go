package wasim

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// A phone tells a device that it has just linked, in messages of category "peer": the app state key, with which the device
// reads the push name and the contacts; then the chats (INITIAL_BOOTSTRAP, the data inside the message); then the push
// names (PUSH_NAME, the data as an encrypted blob that the device downloads).

// greet queues these for a device that went live for the first time.
func (p *Phone) greet(d *device) {
	p.mailbox.post(func() {
		ctx := p.s.ctx
		for _, step := range []func(context.Context, *device) error{p.shareKey, p.sendBootstrap, p.sendPushNames} {
			if err := step(ctx, d); err != nil {
				p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("new device not told everything")
			}
		}
	})
}

func (p *Phone) sendBootstrap(ctx context.Context, d *device) error {
	history := &waHistorySync.HistorySync{
		SyncType:   waHistorySync.HistorySync_INITIAL_BOOTSTRAP.Enum(),
		ChunkOrder: proto.Uint32(0),
		Progress:   proto.Uint32(100),
	}
	for _, number := range p.Peers() {
		peer, err := p.peer(number)
		if err != nil {
			return err
		}
		history.Conversations = append(history.Conversations, p.conversation(peer))
		history.PhoneNumberToLidMappings = append(history.PhoneNumberToLidMappings, &waHistorySync.PhoneNumberToLIDMapping{
			PnJID: proto.String(peer.pn().String()), LidJID: proto.String(peer.lidJID().String()),
		})
	}
	packed, err := pack(history)
	if err != nil {
		return err
	}
	return p.tellLinked(ctx, d, historyNotice(&waE2E.HistorySyncNotification{
		SyncType:                          waE2E.HistorySyncType_INITIAL_BOOTSTRAP.Enum(),
		ChunkOrder:                        proto.Uint32(0),
		Progress:                          proto.Uint32(100),
		InitialHistBootstrapInlinePayload: packed,
	}))
}

// conversation renders a chat as history.
func (p *Phone) conversation(peer *account) *waHistorySync.Conversation {
	jid := peer.lidJID().String()
	c := &waHistorySync.Conversation{
		ID: proto.String(jid), LidJID: proto.String(jid), PnJID: proto.String(peer.pn().String()),
		Name: proto.String(peer.pushName()),
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	messages := p.chats[peer.label()].messages
	var unread uint32
	for i := len(messages) - 1; i >= 0; i-- { // newest first
		m := messages[i]
		if !m.Read {
			unread++
		}
		c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: webMessage(m, jid), MsgOrderID: proto.Uint64(uint64(i + 1))})
	}
	c.UnreadCount = proto.Uint32(unread)
	if len(messages) > 0 {
		c.ConversationTimestamp = proto.Uint64(uint64(messages[len(messages)-1].At.Unix()))
	}
	return c
}

// webMessage renders a message as phones hand it to their linked devices.
func webMessage(m *storedMessage, chat string) *waWeb.WebMessageInfo {
	var status waWeb.WebMessageInfo_Status
	switch m.State {
	case StateSent:
		status = waWeb.WebMessageInfo_SERVER_ACK
	case StatePending:
		status = waWeb.WebMessageInfo_PENDING
	case StateFailed:
		status = waWeb.WebMessageInfo_ERROR
	case StateDelivered, StateReceived:
		status = waWeb.WebMessageInfo_DELIVERY_ACK
	case StateRead:
		status = waWeb.WebMessageInfo_READ
	case StatePlayed:
		status = waWeb.WebMessageInfo_PLAYED
	}
	info := &waWeb.WebMessageInfo{
		Key:              &waCommon.MessageKey{RemoteJID: proto.String(chat), FromMe: proto.Bool(m.FromMe), ID: proto.String(m.ID)},
		Message:          m.content,
		MessageTimestamp: proto.Uint64(uint64(m.At.Unix())),
		Status:           status.Enum(),
	}
	if isGroup(m.Peer) && !m.FromMe {
		author := m.author.ToNonAD().String()
		info.Key.Participant, info.Participant = proto.String(author), proto.String(author)
	}
	return info
}

func (p *Phone) sendPushNames(ctx context.Context, d *device) error {
	history := &waHistorySync.HistorySync{SyncType: waHistorySync.HistorySync_PUSH_NAME.Enum()}
	accounts := []*account{p.account}
	for _, number := range p.Peers() {
		peer, err := p.peer(number)
		if err != nil {
			return err
		}
		accounts = append(accounts, peer)
	}
	for _, a := range accounts {
		history.Pushnames = append(history.Pushnames, &waHistorySync.Pushname{
			ID: proto.String(a.pn().String()), Pushname: proto.String(a.pushName()),
		})
	}
	packed, err := pack(history)
	if err != nil {
		return err
	}
	blob, err := p.s.uploadMedia(packed, historyMedia)
	if err != nil {
		return err
	}
	return p.tellLinked(ctx, d, historyNotice(&waE2E.HistorySyncNotification{
		SyncType:      waE2E.HistorySyncType_PUSH_NAME.Enum(),
		ChunkOrder:    proto.Uint32(1),
		MediaKey:      blob.key,
		FileSHA256:    blob.sha256,
		FileEncSHA256: blob.encSHA256,
		FileLength:    proto.Uint64(blob.length),
		DirectPath:    proto.String(blob.directPath),
	}))
}

func historyNotice(n *waE2E.HistorySyncNotification) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(), HistorySyncNotification: n,
	}}
}

// pack encodes and deflates history.
func pack(history *waHistorySync.HistorySync) ([]byte, error) {
	raw, err := proto.Marshal(history)
	if err != nil {
		return nil, fmt.Errorf("encode history: %w", err)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err = w.Write(raw); err != nil {
		return nil, err
	}
	if err = w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// answerLinked does what a linked device asks its phone to do.
func (p *Phone) answerLinked(d *device, requestID string, request *waE2E.ProtocolMessage) {
	var err error
	switch {
	case request.GetAppStateSyncKeyRequest() != nil:
		err = p.answerKeyRequest(p.s.ctx, d, request.GetAppStateSyncKeyRequest())
	case len(request.GetPeerDataOperationRequestMessage().GetPlaceholderMessageResendRequest()) > 0:
		err = p.resendPlaceholders(d, requestID, request.GetPeerDataOperationRequestMessage())
	}
	if err != nil {
		p.s.log.Debug().Err(err).Msg("linked device not answered")
	}
}

// resendPlaceholders hands a linked device the messages that it could not decrypt.
func (p *Phone) resendPlaceholders(d *device, requestID string, request *waE2E.PeerDataOperationRequestMessage) error {
	type (
		result = waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult
		resent = waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_PlaceholderMessageResendResponse
	)
	var results []*result
	for _, wanted := range request.GetPlaceholderMessageResendRequest() {
		m, chat := p.byKey(wanted.GetMessageKey())
		if m == nil {
			continue
		}
		raw, err := proto.Marshal(webMessage(m, chat))
		if err != nil {
			return err
		}
		results = append(results, &result{PlaceholderMessageResendResponse: &resent{WebMessageInfoBytes: raw}})
	}
	if len(results) == 0 {
		return nil
	}
	return p.tellLinked(p.s.ctx, d, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE.Enum(),
		PeerDataOperationRequestResponseMessage: &waE2E.PeerDataOperationRequestResponseMessage{
			PeerDataOperationRequestType: waE2E.PeerDataOperationRequestType_PLACEHOLDER_MESSAGE_RESEND.Enum(),
			StanzaID:                     proto.String(requestID),
			PeerDataOperationResult:      results,
		},
	}})
}

// byKey finds a message by the key that a linked device knows it by, and the chat's JID as the device named it.
func (p *Phone) byKey(key *waCommon.MessageKey) (*storedMessage, string) {
	chat := key.GetRemoteJID()
	author := p.account
	if !key.GetFromMe() {
		from := chat
		if isGroup(chat) {
			from = key.GetParticipant()
		}
		jid, err := types.ParseJID(from)
		if err != nil {
			return nil, ""
		}
		author = p.s.accountOf(jid)
	}
	if author == nil {
		return nil, ""
	}
	return p.shown(author, key.GetID()), chat
}

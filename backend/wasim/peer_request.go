package wasim

import (
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// answerLinked does what a linked device asks its phone to do. What is not listed (previews of links, stickers once more)
// a phone may leave unanswered, and this one does.
func (p *Phone) answerLinked(d *device, requestID string, request *waE2E.ProtocolMessage) {
	var err error
	operation := request.GetPeerDataOperationRequestMessage()
	switch {
	case request.GetAppStateSyncKeyRequest() != nil:
		err = p.answerKeyRequest(p.s.ctx, d, request.GetAppStateSyncKeyRequest())
	case request.GetAppStateFatalExceptionNotification() != nil:
		p.resetState(request.GetAppStateFatalExceptionNotification().GetCollectionNames())
	case len(operation.GetPlaceholderMessageResendRequest()) > 0:
		err = p.resendPlaceholders(d, requestID, operation)
	case operation.GetHistorySyncOnDemandRequest() != nil:
		err = p.sendOlder(p.s.ctx, d, requestID, operation.GetHistorySyncOnDemandRequest())
	case operation.GetHistorySyncChunkRetryRequest() != nil:
		p.confirmed(d, "server-error", []string{operation.GetHistorySyncChunkRetryRequest().GetChunkNotificationID()})
	case operation.GetSyncdCollectionFatalRecoveryRequest() != nil:
		err = p.sendRecovery(d, requestID, operation.GetSyncdCollectionFatalRecoveryRequest().GetCollectionName())
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
		p.mu.Lock()
		if _, once := unwrap(m.content); once {
			p.mu.Unlock()
			continue // what can be opened once stays on the phone
		}
		info := webMessage(m, chat)
		p.mu.Unlock()
		raw, err := proto.Marshal(info)
		if err != nil {
			return err
		}
		results = append(results, &result{PlaceholderMessageResendResponse: &resent{WebMessageInfoBytes: raw}})
	}
	if len(results) == 0 {
		return nil
	}
	return p.tellLinked(p.s.ctx, d, peerResponse(waE2E.PeerDataOperationRequestType_PLACEHOLDER_MESSAGE_RESEND, requestID, results...))
}

// peerResponse is the answer to a request of a linked device.
func peerResponse(
	kind waE2E.PeerDataOperationRequestType, request string, results ...*waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult,
) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE.Enum(),
		PeerDataOperationRequestResponseMessage: &waE2E.PeerDataOperationRequestResponseMessage{
			PeerDataOperationRequestType: kind.Enum(), StanzaID: proto.String(request), PeerDataOperationResult: results,
		},
	}}
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

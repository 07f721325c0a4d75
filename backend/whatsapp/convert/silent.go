package convert

import (
	"slices"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// isSilent tells whether a message has nothing for people: it is empty, or holds only keys and context, or is a protocol
// message other than a deletion or an edit. What we do not know is not silent.
func isSilent(message *waE2E.Message) bool {
	if message == nil {
		return true
	}
	if p := message.GetProtocolMessage(); p != nil {
		return p.Type != nil && slices.Contains(silentProtocol(), p.GetType())
	}
	if len(message.ProtoReflect().GetUnknown()) > 0 {
		return false
	}
	silent := true
	message.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if !isWrapping(field.Name()) {
			silent = field.Name() == "conversation" && value.String() == ""
		}
		return silent
	})
	return silent
}

// silentProtocol lists the protocol messages that people never see: between the devices of one account, or settings.
func silentProtocol() []waE2E.ProtocolMessage_Type {
	return []waE2E.ProtocolMessage_Type{
		waE2E.ProtocolMessage_EPHEMERAL_SYNC_RESPONSE,
		waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION,
		waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE,
		waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_REQUEST,
		waE2E.ProtocolMessage_MSG_FANOUT_BACKFILL_REQUEST,
		waE2E.ProtocolMessage_INITIAL_SECURITY_NOTIFICATION_SETTING_SYNC,
		waE2E.ProtocolMessage_APP_STATE_FATAL_EXCEPTION_NOTIFICATION,
		waE2E.ProtocolMessage_SHARE_PHONE_NUMBER,
		waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_MESSAGE,
		waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
		waE2E.ProtocolMessage_REQUEST_WELCOME_MESSAGE,
		waE2E.ProtocolMessage_BOT_FEEDBACK_MESSAGE,
		waE2E.ProtocolMessage_MEDIA_NOTIFY_MESSAGE,
		waE2E.ProtocolMessage_CLOUD_API_THREAD_CONTROL_NOTIFICATION,
		waE2E.ProtocolMessage_LID_MIGRATION_MAPPING_SYNC,
		waE2E.ProtocolMessage_BOT_MEMU_ONBOARDING_MESSAGE,
		waE2E.ProtocolMessage_STOP_GENERATION_MESSAGE,
		waE2E.ProtocolMessage_LIMIT_SHARING,
		waE2E.ProtocolMessage_AI_PSI_METADATA,
		waE2E.ProtocolMessage_AI_QUERY_FANOUT,
		waE2E.ProtocolMessage_GROUP_MEMBER_LABEL_CHANGE,
		waE2E.ProtocolMessage_CHAT_THEME_SETTING,
		waE2E.ProtocolMessage_AI_METADATA_OPERATION,
		waE2E.ProtocolMessage_MARK_AS_VERIFIED_ACTION,
		waE2E.ProtocolMessage_COEX_STATE_SYNC,
	}
}

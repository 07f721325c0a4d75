package domain

// Row identifiers. They are positive, given by the database, and never reused within a workspace.
type (
	// SubaccountID names a client, brand or project. Everything below belongs to exactly one.
	SubaccountID int64
	// DeviceID names a WhatsApp number linked (or being linked) to one subaccount.
	DeviceID int64
	// LinkID names one attempt to link a device: one QR dialog, one session file.
	LinkID int64
	// ConversationID names one contact or group as seen by one subaccount.
	ConversationID int64
	// ContactID names a person of one subaccount.
	ContactID int64
	// MessageID names one entry of a conversation: our row, not WhatsApp's id of the message.
	MessageID int64
	// OperatorID names a person who works here.
	OperatorID int64
)

// FirstOperator is the operator that exists from the start.
const FirstOperator OperatorID = 1

// DeviceRef names a device together with the subaccount it belongs to; rows about it carry both.
type DeviceRef struct {
	Subaccount SubaccountID
	Device     DeviceID
}

// ConversationRef names a conversation together with the subaccount it belongs to.
type ConversationRef struct {
	Subaccount   SubaccountID
	Conversation ConversationID
}

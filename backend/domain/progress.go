package domain

// progress orders the states that a receipt or an ack can lead to. States that are not in it are never reached by either.
func (s MessageState) progress() int {
	switch s {
	case StateFailed:
		return 1
	case StateScheduled, StateQueued, StateSending, StateUncertain:
		return 2
	case StateSent:
		return 3
	case StateDelivered:
		return 4
	case StateRead:
		return 5
	case StatePlayed:
		return 6
	case StateReceived:
		return 0
	}
	return 0
}

// Raise returns the further of two states of an outgoing message: acks and receipts come late and out of order, and none of them lowers
// what is known. A message that was given up and is acknowledged after all has been sent.
func (s MessageState) Raise(to MessageState) MessageState {
	if s == StateReceived || to.progress() <= s.progress() {
		return s
	}
	return to
}

// State returns the state of an outgoing message that this receipt tells of, and false if it tells of none.
func (k ReceiptKind) State() (MessageState, bool) {
	switch k {
	case ReceiptDelivered:
		return StateDelivered, true
	case ReceiptRead:
		return StateRead, true
	case ReceiptPlayed:
		return StatePlayed, true
	case ReceiptReadSelf:
		return "", false
	}
	return "", false
}

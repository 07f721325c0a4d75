package domain

// Status is one of the four statuses of a device.
type Status string

// The four statuses.
const (
	StatusConnected Status = "connected"
	StatusPending   Status = "pending"
	StatusOffline   Status = "offline"
	StatusAttention Status = "attention"
)

// Days without a sign of a number's phone: when people are told, when they are told again, and when WhatsApp unlinks its companions.
const (
	PhoneWarnDays  = 10
	PhoneLastDays  = 12
	PhoneLimitDays = 14
)

// Statuses returns the four statuses, worst first.
func Statuses() []Status {
	return []Status{StatusAttention, StatusOffline, StatusPending, StatusConnected}
}

// Cause says why a device has its status. Each cause belongs to exactly one status.
type Cause string

// Causes, grouped by the status they belong to.
const (
	CauseOnline Cause = "online"

	CauseNeverLinked     Cause = "never_linked"
	CauseShowingQR       Cause = "showing_qr"
	CauseShowingCode     Cause = "showing_code"
	CausePasskeyRequired Cause = "passkey_required"
	CauseLinking         Cause = "linking"
	CauseLinkFailed      Cause = "link_failed"
	CauseFirstSync       Cause = "first_sync"

	CauseConnecting        Cause = "connecting"
	CauseNetworkDown       Cause = "network_down"
	CauseServerUnreachable Cause = "server_unreachable"
	CauseKeepaliveTimeout  Cause = "keepalive_timeout"
	CauseWokeFromSleep     Cause = "woke_from_sleep"
	CauseProxyFailed       Cause = "proxy_failed"
	CausePaused            Cause = "paused_by_operator"
	CauseAppStarting       Cause = "app_starting"

	CauseUnlinked            Cause = "unlinked_from_phone"
	CauseReplaced            Cause = "replaced_elsewhere"
	CauseTemporarilyBanned   Cause = "temporarily_banned"
	CauseBanned              Cause = "banned"
	CauseReachoutTimelock    Cause = "reachout_timelock"
	CauseClientOutdated      Cause = "client_outdated"
	CausePhoneOfflineTooLong Cause = "phone_offline_too_long"
	CauseDeaf                Cause = "deaf"
	CauseConnectRefused      Cause = "connect_refused"
	CauseClockWrong          Cause = "clock_wrong"
	CauseStorageFailed       Cause = "storage_failed"
)

// NextAction is the one thing to do about a cause; a button performs it.
type NextAction string

// The next actions.
const (
	NextNone      NextAction = ""
	NextShowQR    NextAction = "show_qr"
	NextShowCode  NextAction = "show_code"
	NextContinue  NextAction = "continue"
	NextAgain     NextAction = "again"
	NextWait      NextAction = "wait"
	NextTryNow    NextAction = "try_now"
	NextResume    NextAction = "resume"
	NextRelink    NextAction = "relink"
	NextTakeBack  NextAction = "take_back"
	NextWaitUntil NextAction = "wait_until"
	NextUpdate    NextAction = "update"
	NextOpenPhone NextAction = "open_phone"
	NextCheckNow  NextAction = "check_now"
	NextFreeSpace NextAction = "free_space"
)

// causeRow is one line of the status table of the product.
type causeRow struct {
	cause  Cause
	status Status
	next   NextAction
}

func causeTable() []causeRow {
	return []causeRow{
		{CauseOnline, StatusConnected, NextNone},

		{CauseNeverLinked, StatusPending, NextShowQR},
		{CauseShowingQR, StatusPending, NextShowQR},
		{CauseShowingCode, StatusPending, NextShowCode},
		{CausePasskeyRequired, StatusPending, NextContinue},
		{CauseLinking, StatusPending, NextContinue},
		{CauseLinkFailed, StatusPending, NextAgain},
		{CauseFirstSync, StatusPending, NextContinue},

		{CauseConnecting, StatusOffline, NextWait},
		{CauseNetworkDown, StatusOffline, NextTryNow},
		{CauseServerUnreachable, StatusOffline, NextTryNow},
		{CauseKeepaliveTimeout, StatusOffline, NextTryNow},
		{CauseWokeFromSleep, StatusOffline, NextTryNow},
		{CauseProxyFailed, StatusOffline, NextTryNow},
		{CausePaused, StatusOffline, NextResume},
		{CauseAppStarting, StatusOffline, NextWait},

		{CauseUnlinked, StatusAttention, NextRelink},
		{CauseReplaced, StatusAttention, NextTakeBack},
		{CauseTemporarilyBanned, StatusAttention, NextWaitUntil},
		{CauseBanned, StatusAttention, NextRelink},
		{CauseReachoutTimelock, StatusAttention, NextWaitUntil},
		{CauseClientOutdated, StatusAttention, NextUpdate},
		{CausePhoneOfflineTooLong, StatusAttention, NextOpenPhone},
		{CauseDeaf, StatusAttention, NextCheckNow},
		{CauseConnectRefused, StatusAttention, NextTryNow},
		{CauseClockWrong, StatusAttention, NextCheckNow},
		{CauseStorageFailed, StatusAttention, NextFreeSpace},
	}
}

// Causes returns every cause, in the order of the product's table.
func Causes() []Cause {
	rows := causeTable()
	out := make([]Cause, len(rows))
	for i, r := range rows {
		out[i] = r.cause
	}
	return out
}

// Status returns the status that the cause belongs to; StatusAttention for a cause we do not know, so that it is seen.
func (c Cause) Status() Status {
	for _, r := range causeTable() {
		if r.cause == c {
			return r.status
		}
	}
	return StatusAttention
}

// Next returns the one action that answers the cause. Only CauseOnline has none.
func (c Cause) Next() NextAction {
	for _, r := range causeTable() {
		if r.cause == c {
			return r.next
		}
	}
	return NextTryNow
}

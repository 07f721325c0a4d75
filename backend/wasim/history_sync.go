package wasim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"google.golang.org/protobuf/proto"
)

const (
	// chunkMessages and chunkChats bound one chunk of history. HistoryOptions can ask for smaller ones.
	chunkMessages, chunkChats = 2000, 500
	// recentDays and fullDays are how far RECENT and FULL go back when the device did not say.
	recentDays, fullDays = 90, 365
)

// historySync hands the history of a phone to one device, each message once: the newest ones (greet.go), then all that is
// recent, then, if the device wants that, the rest. A chunk is made when the one before it is confirmed, so there is
// never more than one in memory, and a device that stops confirming gets no more. It is used by the goroutine of the
// phone's mailbox only.
type historySync struct {
	phone   *Phone
	device  *device
	config  *waCompanionReg.DeviceProps_HistorySyncConfig
	full    bool // the device wants all
	started time.Time
	piece   int // how many messages a chunk holds at most

	threads []*thread
	given   []int  // by thread: how many of the newest messages were handed over
	named   []bool // by thread: whether the chat was handed over
	phase   waHistorySync.HistorySync_HistorySyncType
	at      int // the thread that comes next
	order   uint32
	taken   []handed // what the last chunk took
}

// handed is how many messages of a thread had been handed over before a chunk.
type handed struct {
	thread, given int
	named         bool
}

// newHistorySync looks at the phone's chats. What is written later reaches the device as it is written.
func (p *Phone) newHistorySync(d *device) *historySync {
	j := &historySync{
		phone: p, device: d, config: d.props.GetHistorySyncConfig(), full: d.props.GetRequireFullSync(), started: p.s.now(),
		threads: p.threads(), phase: waHistorySync.HistorySync_RECENT, piece: chunkMessages,
	}
	p.mu.Lock()
	if p.past != nil && p.past.piece > 0 {
		j.piece = p.past.piece
	}
	p.mu.Unlock()
	j.given, j.named = make([]int, len(j.threads)), make([]bool, len(j.threads))
	return j
}

// HandOverAgain has the phone hand its history over to a linked device once more, as phones do for a device that has lost it. What was written
// since is in it too. It returns ErrUnknownDevice when the device is not linked.
func (p *Phone) HandOverAgain(device uint16) error {
	d := p.account.device(device)
	if d == nil || d.id == 0 {
		return fmt.Errorf("%w: %d", ErrUnknownDevice, device)
	}
	p.mailbox.post(func() {
		if err := p.newHistorySync(d).sendChunk(p.s.ctx); err != nil {
			p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("history not handed over again")
		}
	})
	return nil
}

// since is when the oldest message that a phase hands over was written.
func (j *historySync) since(phase waHistorySync.HistorySync_HistorySyncType) int64 {
	days, limit := recentDays, j.config.GetRecentSyncDaysLimit()
	if phase == waHistorySync.HistorySync_FULL {
		days, limit = fullDays, j.config.GetFullSyncDaysLimit()
	}
	if limit > 0 {
		days = int(limit)
	}
	return j.started.AddDate(0, 0, -days).Unix()
}

// sendChunk makes and sends the next chunk.
func (j *historySync) sendChunk(ctx context.Context) error {
	start := *j
	h := &waHistorySync.HistorySync{SyncType: j.phase.Enum()}
	j.taken = nil
	for room := j.piece; j.at < len(j.threads) && room > 0 && len(h.Conversations) < chunkChats; {
		room -= j.take(h, j.at, room, j.since(j.phase))
		if room > 0 {
			j.at++
		}
	}
	j.skip()
	h.Progress = proto.Uint32(j.progress(j.at))
	if j.at == len(j.threads) && j.phase == waHistorySync.HistorySync_RECENT && j.full {
		j.phase, j.at = waHistorySync.HistorySync_FULL, 0
		j.skip()
	}
	next := j.sendChunk
	if j.at == len(j.threads) {
		next = nil
	}
	return j.send(ctx, h, false, next, func(ctx context.Context) error {
		j.at, j.phase = start.at, start.phase
		return j.sendChunk(ctx)
	})
}

// progress is how much of a phase is done, in percent, when so many chats are.
func (j *historySync) progress(chats int) uint32 {
	if len(j.threads) == 0 {
		return 100
	}
	return uint32(100 * chats / len(j.threads))
}

// skip goes past the threads that have nothing for the current phase.
func (j *historySync) skip() {
	for ; j.at < len(j.threads); j.at++ {
		t, given := j.threads[j.at], j.given[j.at]
		if !j.named[j.at] || given < t.count() && j.within(t, given, j.since(j.phase)) {
			return
		}
	}
}

// within tells whether a message of a thread is not older than since. The newest message of a chat always belongs to it, and
// one that cannot be made stops nothing.
func (j *historySync) within(t *thread, n int, since int64) bool {
	if n == 0 {
		return true
	}
	m, err := j.phone.threadMessage(t, n)
	return err != nil || m.At.Unix() >= since
}

// take adds the next messages of a thread that are not older than since, at most so many, to a chunk. It returns how many
// those were.
func (j *historySync) take(h *waHistorySync.HistorySync, i, room int, since int64) int {
	t, first := j.threads[i], j.given[i]
	n := first
	for n < t.count() && n-first < room && j.within(t, n, since) {
		n++
	}
	if n == first && j.named[i] {
		return 0
	}
	j.taken = append(j.taken, handed{i, first, j.named[i]})
	c := j.phone.conversation(t)
	j.phone.addMessages(c, t, first, n)
	if c.PnJID != nil && !j.named[i] {
		h.PhoneNumberToLidMappings = append(h.PhoneNumberToLidMappings, &waHistorySync.PhoneNumberToLIDMapping{PnJID: c.PnJID, LidJID: c.LidJID})
	}
	j.given[i], j.named[i] = n, true
	j.setEnd(c, t, n)
	h.Conversations = append(h.Conversations, c)
	return n - first
}

// setEnd says whether more of a chat will follow, and whether the phone has more.
func (j *historySync) setEnd(c *waHistorySync.Conversation, t *thread, given int) {
	end := waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY
	if given < t.count() {
		last := j.since(waHistorySync.HistorySync_RECENT)
		if j.full {
			last = min(last, j.since(waHistorySync.HistorySync_FULL))
		}
		if j.within(t, given, last) {
			return
		}
		end = waHistorySync.Conversation_COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY
	}
	c.EndOfHistoryTransfer, c.EndOfHistoryTransferType = proto.Bool(true), end.Enum()
}

// addMessages puts messages from first to before end, the newest first, into a conversation.
func (p *Phone) addMessages(c *waHistorySync.Conversation, t *thread, first, end int) {
	for n := first; n < end; n++ {
		m, err := p.threadMessage(t, n)
		if err != nil {
			continue // a source may name authors who are gone
		}
		p.mu.Lock() // for the ticks of a message that was written since the simulation began
		info := webMessage(m, c.GetID())
		p.mu.Unlock()
		c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: info, MsgOrderID: proto.Uint64(uint64(t.count() - n))})
	}
	p.addLines(c, t, first, end)
}

// send offers what the last calls of take put together. When the device confirms it, next runs; when its blob is gone, the
// same is made again.
func (j *historySync) send(ctx context.Context, h *waHistorySync.HistorySync, inline bool, next, again func(context.Context) error) error {
	h.ChunkOrder = proto.Uint32(j.order)
	taken, order := j.taken, j.order
	j.order++
	o := &offer{device: j.device, next: next, again: func(ctx context.Context) error {
		given, next := slices.Clone(j.given), j.order
		for _, t := range taken {
			j.given[t.thread], j.named[t.thread] = t.given, t.named
		}
		j.order = order
		err := again(ctx)
		for i := range given {
			j.given[i] = max(j.given[i], given[i])
		}
		j.order = max(j.order, next)
		return err
	}}
	return j.phone.offerHistory(ctx, h, inline, o)
}

// oldestOf is when the oldest message of a chunk was written, in seconds, nil when there is none.
func oldestOf(h *waHistorySync.HistorySync) *int64 {
	var oldest *int64
	for _, c := range h.GetConversations() {
		if n := len(c.GetMessages()); n > 0 {
			at := int64(c.GetMessages()[n-1].GetMessage().GetMessageTimestamp())
			if oldest == nil || at < *oldest {
				oldest = proto.Int64(at)
			}
		}
	}
	return oldest
}

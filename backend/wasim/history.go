package wasim

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"math"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// History goes from the phone to a linked device as an encoded HistorySync, deflated, in a blob under keys named
// "WhatsApp History Keys", or inside the message when it is small and the first. The message is of category "peer":
//
//	protocolMessage HISTORY_SYNC_NOTIFICATION {syncType, chunkOrder, progress, directPath, mediaKey, fileSha256, …}
//
// The device confirms in two steps, both of which reach the phone:
//
//	→ <receipt id to="phone" type="peer_msg"/>    it has the message
//	→ <receipt id to="phone" type="hist_sync"/>   it takes the history: the phone sends the next chunk, and deletes the
//	                                              blob of the one before, because Baileys confirms before it downloads
//	→ <receipt id to="phone" type="server-error" category="peer"/>   the blob was gone: the phone uploads it again
//
// What clients read is in whatsmeow (message.go, handleHistorySyncNotification) and Baileys (Utils/history.js). How many
// messages real phones put into a chunk is not known.

// offer is history that a device was told about and has not confirmed.
type offer struct {
	device *device
	// request is the id of the message in which the device asked for it, empty when it did not.
	request string
	path    string // of the blob, empty when there is none
	// again sends the same history once more; next what comes after it, nil for nothing.
	again, next func(context.Context) error
}

// offerHistory sends history to a device: inside the message if it may and is small enough, else as a blob.
func (p *Phone) offerHistory(ctx context.Context, h *waHistorySync.HistorySync, inline bool, o *offer) error {
	packed, err := packHistory(h)
	if err != nil {
		return err
	}
	n := &waE2E.HistorySyncNotification{
		SyncType: waE2E.HistorySyncType(h.GetSyncType()).Enum(), ChunkOrder: h.ChunkOrder, Progress: h.Progress,
		OldestMsgInChunkTimestampSec: oldestOf(h),
	}
	if o.request != "" {
		n.PeerDataRequestSessionID = proto.String(o.request)
	}
	if inline && len(packed) <= maxInlineHistory {
		n.InitialHistBootstrapInlinePayload = packed
	} else {
		blob, err := p.s.uploadMedia(packed, historyMedia)
		if err != nil {
			return err
		}
		o.path = blob.directPath
		n.MediaKey, n.FileSHA256, n.FileEncSHA256 = blob.key, blob.sha256, blob.encSHA256
		n.FileLength, n.DirectPath = proto.Uint64(blob.length), proto.String(blob.directPath)
	}
	id := p.newMessageID()
	p.mu.Lock()
	p.offers[id] = o
	p.mu.Unlock()
	p.s.ledger.offered(p.dev.address(), o.device.address(), id, h)
	return p.tellLinkedAs(ctx, o.device, id, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(), HistorySyncNotification: n,
	}})
}

// packHistory encodes and deflates history.
func packHistory(h *waHistorySync.HistorySync) ([]byte, error) {
	raw, err := proto.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode history: %w", err)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err = w.Write(raw); err != nil {
		return nil, fmt.Errorf("deflate history: %w", err)
	}
	if err = w.Close(); err != nil {
		return nil, fmt.Errorf("deflate history: %w", err)
	}
	return packed.Bytes(), nil
}

// handlePeerReceipt notes what a linked device says about what its phone told it. It runs on the mailbox's goroutine.
func (p *Phone) handlePeerReceipt(d *device, kind string, ids []string, node *waBinary.Node) {
	if _, ofMessage := node.GetOptionalChildByTag("rmr"); ofMessage {
		p.answerMediaRetry(node, d)
		return
	}
	p.confirmed(d, kind, ids)
}

// confirmed goes on with the history of a device.
func (p *Phone) confirmed(d *device, kind string, ids []string) {
	for _, id := range ids {
		p.mu.Lock()
		o := p.offers[id]
		if kind != "server-error" {
			delete(p.peerTalk, id) // nobody will ask for it again
		}
		if o != nil && o.device == d && kind != "peer_msg" {
			delete(p.offers, id)
		} else {
			o = nil
		}
		p.mu.Unlock()
		if o == nil {
			continue
		}
		p.lingers(d, o.path)
		next := o.next
		if kind == "server-error" {
			next = o.again
		}
		if next == nil || p.account.device(d.id) != d {
			continue
		}
		if err := next(p.s.ctx); err != nil {
			p.s.log.Debug().Err(err).Msg("history stops")
		}
	}
}

// lingers keeps the blob of a chunk that is settled until the next one is.
func (p *Phone) lingers(d *device, path string) {
	p.mu.Lock()
	before := p.lingering[d]
	p.lingering[d] = path
	p.mu.Unlock()
	p.s.blobs.remove(barePath(before))
}

// resumeHistory goes on with the history of a device that is back: it took in the last chunk, and what it said about that
// was lost with its connection.
func (p *Phone) resumeHistory(d *device) {
	p.mu.Lock()
	waiting := len(p.offers) > 0
	p.mu.Unlock()
	if !waiting {
		return
	}
	p.mailbox.post(func() {
		p.mu.Lock()
		var next []func(context.Context) error
		for id, o := range p.offers {
			if o.device == d && o.next != nil && !d.awaits(id) {
				next = append(next, o.next)
				o.next = nil // a late confirmation still releases the blob
			}
		}
		p.mu.Unlock()
		for _, f := range next {
			if err := f(p.s.ctx); err != nil {
				p.s.log.Debug().Err(err).Msg("history stops")
			}
		}
	})
}

// forgetOffers drops what was offered to devices that are linked no more.
func (p *Phone) forgetOffers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, o := range p.offers {
		if p.account.device(o.device.id) == o.device {
			continue
		}
		delete(p.offers, id)
		delete(p.peerTalk, id)
		if o.path != "" {
			p.s.blobs.remove(barePath(o.path))
		}
	}
	for d, path := range p.lingering {
		if p.account.device(d.id) != d {
			delete(p.lingering, d)
			p.s.blobs.remove(barePath(path))
		}
	}
}

// conversation renders what there is to say of a chat besides its messages.
func (p *Phone) conversation(t *thread) *waHistorySync.Conversation {
	jid := t.with.jidOn(types.HiddenUserServer).String()
	c := &waHistorySync.Conversation{ID: proto.String(jid), NotSpam: proto.Bool(true), ConversationTimestamp: unixTime(t.last), LastMsgTimestamp: unixTime(t.last)}
	if g, ok := t.with.(*group); ok {
		g.describe(c)
	} else {
		c.LidJID = proto.String(jid)
		if pn := toldNumber(t.with); !pn.IsEmpty() {
			c.PnJID = proto.String(pn.String())
		}
		if t.name != "" {
			c.Name = proto.String(t.name)
		}
	}
	label := t.with.label()
	p.mu.Lock()
	defer p.mu.Unlock()
	if name := p.learned.contacts[label]; name != "" {
		c.Name, c.DisplayName = proto.String(name), proto.String(name)
	}
	unread := uint32(t.unread)
	for _, m := range t.live {
		if !m.Read {
			unread++
		}
	}
	c.UnreadCount = proto.Uint32(unread)
	settings := p.learned.chats[label]
	if settings == nil {
		return c
	}
	c.Archived, c.MarkedAsUnread = proto.Bool(settings.archived), proto.Bool(settings.markedUnread)
	if !settings.pinned.IsZero() {
		c.Pinned = proto.Uint32(uint32(settings.pinned.Unix()))
	}
	if settings.muted {
		if c.MuteEndTime = unixTime(settings.mutedUntil); settings.mutedUntil.IsZero() {
			c.MuteEndTime = proto.Uint64(math.MaxUint64)
		}
	}
	return c
}

// unixTime is a time in seconds, nil for none.
func unixTime(t time.Time) *uint64 {
	if t.IsZero() {
		return nil
	}
	return proto.Uint64(uint64(t.Unix()))
}

// describe adds what a group is called and who is in it.
func (g *group) describe(c *waHistorySync.Conversation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.Name, c.Description = proto.String(g.settings.subject.text), proto.String(g.settings.description.text)
	c.DisplayName, c.CreatedAt = c.Name, unixTime(g.created)
	if g.creator != nil {
		c.CreatedBy = proto.String(g.creator.jidOn(g.server).String())
	}
	if g.settings.ephemeral > 0 {
		c.EphemeralExpiration = proto.Uint32(uint32(g.settings.ephemeral))
	}
	for _, m := range g.members {
		rank := waHistorySync.GroupParticipant_REGULAR
		switch m.role {
		case RoleAdmin:
			rank = waHistorySync.GroupParticipant_ADMIN
		case RoleSuperAdmin:
			rank = waHistorySync.GroupParticipant_SUPERADMIN
		default:
		}
		c.Participant = append(c.Participant, &waHistorySync.GroupParticipant{UserJID: proto.String(m.jidOn(g.server).String()), Rank: rank.Enum()})
	}
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
	if m.later != nil {
		m.later.inHistory(info, m)
	}
	return info
}

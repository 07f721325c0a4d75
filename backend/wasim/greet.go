package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// A phone tells a device that it has just linked, in messages of category "peer" and in this order:
//
//	APP_STATE_SYNC_KEY_SHARE   with which the device reads the push name and the contacts
//	INITIAL_BOOTSTRAP          the newest chats with their newest messages
//	PUSH_NAME                  how people call themselves
//	NON_BLOCKING_DATA          who was in the account's groups and is no more, if there is anybody
//	RECENT, FULL               the rest, in chunks (history_sync.go)
//
// Clients wait for the first two before they are ready; Baileys for up to 20 seconds.

// greet queues these for a device that went live for the first time.
func (p *Phone) greet(d *device) {
	p.mailbox.post(func() {
		j := p.newHistorySync(d)
		for _, step := range []func(context.Context) error{
			func(ctx context.Context) error { return p.shareKey(ctx, d) }, j.sendBootstrap, j.sendPushNames, j.sendFormerMembers, j.sendChunk,
		} {
			if err := step(p.s.ctx); err != nil {
				p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("new device not told everything")
			}
		}
	})
}

const (
	// bootstrapChats, bootstrapMessages and bootstrapPerChat bound the first history that a new device gets.
	bootstrapChats, bootstrapMessages, bootstrapPerChat = 200, 1000, 50
	// maxInlineHistory is how large history is that travels inside the message and not as a blob.
	maxInlineHistory = 128 << 10
)

// sendBootstrap sends the newest chats with their newest messages.
func (j *historySync) sendBootstrap(ctx context.Context) error {
	h := &waHistorySync.HistorySync{
		SyncType: waHistorySync.HistorySync_INITIAL_BOOTSTRAP.Enum(),
		GlobalSettings: &waHistorySync.GlobalSettings{
			SecurityNotifications: proto.Bool(true), DisappearingModeDuration: proto.Int32(0),
		},
	}
	perChat := bootstrapPerChat
	if limit := j.config.GetInitialSyncMaxMessagesPerChat(); limit > 0 {
		perChat = min(perChat, int(limit))
	}
	j.taken = nil
	chats, room := min(len(j.threads), bootstrapChats), bootstrapMessages
	for i := range chats {
		room -= j.take(h, i, min(room, perChat), 0)
	}
	h.Progress = proto.Uint32(j.progress(chats))
	return j.send(ctx, h, j.config.GetInlineInitialPayloadInE2EeMsg(), nil, j.sendBootstrap)
}

// sendPushNames sends how the account and the people it has chats with call themselves.
func (j *historySync) sendPushNames(ctx context.Context) error {
	h := &waHistorySync.HistorySync{SyncType: waHistorySync.HistorySync_PUSH_NAME.Enum(), Progress: proto.Uint32(100)}
	add := func(with party, name string) {
		known := toldNumber(with)
		if known.IsEmpty() {
			known = with.jidOn(types.HiddenUserServer)
		}
		h.Pushnames = append(h.Pushnames, &waHistorySync.Pushname{ID: proto.String(known.String()), Pushname: proto.String(name)})
	}
	add(j.phone.account, j.phone.account.pushName())
	for _, t := range j.threads {
		if _, ok := t.with.(*group); !ok && t.name != "" {
			add(t.with, t.name)
		}
	}
	j.taken = nil
	return j.send(ctx, h, false, nil, j.sendPushNames)
}

// sendFormerMembers sends who has left the account's groups, if there is anybody.
func (j *historySync) sendFormerMembers(ctx context.Context) error {
	h := &waHistorySync.HistorySync{SyncType: waHistorySync.HistorySync_NON_BLOCKING_DATA.Enum(), Progress: proto.Uint32(100)}
	for _, g := range j.phone.s.groupsOf(j.phone.account) {
		if past := g.pastParticipants(); len(past) > 0 {
			h.PastParticipants = append(h.PastParticipants, &waHistorySync.PastParticipants{GroupJID: proto.String(g.jid.String()), PastParticipants: past})
		}
	}
	if len(h.PastParticipants) == 0 {
		return nil
	}
	j.taken = nil
	return j.send(ctx, h, false, nil, j.sendFormerMembers)
}

// pastParticipants lists who left and did not come back.
func (g *group) pastParticipants() []*waHistorySync.PastParticipant {
	g.mu.Lock()
	defer g.mu.Unlock()
	var past []*waHistorySync.PastParticipant
	for _, f := range g.former {
		if g.roleLocked(f.account) != "" {
			continue
		}
		reason := waHistorySync.PastParticipant_LEFT
		if f.removed {
			reason = waHistorySync.PastParticipant_REMOVED
		}
		past = append(past, &waHistorySync.PastParticipant{
			UserJID: proto.String(f.jidOn(g.server).String()), LeaveReason: reason.Enum(), LeaveTS: unixTime(f.at),
		})
	}
	return past
}

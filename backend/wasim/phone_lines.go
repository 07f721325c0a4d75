package wasim

import (
	"slices"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// What happens in a chat that nobody wrote stands between the messages on a phone, and its linked devices get it with the history, as messages
// without content:
//
//	webMessageInfo{key{remoteJid, id}, messageTimestamp, participant: who did it, messageStubType, messageStubParameters}
//
// The parameters are, by type, the new name, "on" or "off", seconds, or the JIDs of those whom it happened to. Types and parameters are those of
// Baileys (Socket/messages-recv.js); that phones name the second in which it happened as the notification does is not known.

// noteLines keeps what a notification says as a line of a chat. It runs on the mailbox's goroutine.
func (p *Phone) noteLines(node *waBinary.Node) {
	from, ok := attrJID(node, "from")
	if !ok {
		return
	}
	at := time.Unix(attrSeconds(node, "t"), 0)
	author, _ := attrJID(node, "participant")
	switch attrString(node, "type") {
	case "w:gp2":
		for _, change := range node.GetChildren() {
			p.noteGroupLine(from, author, at, change)
		}
	case "picture":
		if from.Server == types.GroupServer && len(node.GetChildren()) > 0 {
			author, _ = attrJID(&node.GetChildren()[0], "author")
			p.noteLine(from, author, at, waWeb.WebMessageInfo_GROUP_CHANGE_ICON)
		}
	case "encrypt":
		if _, changed := node.GetOptionalChildByTag("identity"); changed {
			p.noteLine(from, types.EmptyJID, at, waWeb.WebMessageInfo_E2E_IDENTITY_CHANGED)
		}
	}
}

func (p *Phone) noteGroupLine(group, author types.JID, at time.Time, change waBinary.Node) {
	var who []string
	themselves := false
	for _, m := range change.GetChildrenByTag("participant") {
		jid, _ := attrJID(&m, "jid")
		who, themselves = append(who, jid.String()), jid == author
	}
	switch change.Tag {
	case "create":
		g, _ := change.GetOptionalChildByTag("group")
		if attrString(&change, "type") == "new" {
			at = time.Unix(attrSeconds(&g, "creation"), 0)
			p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_CREATE, attrString(&g, "subject"))
		} else {
			p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_PARTICIPANT_ADD, p.account.lidJID().String())
		}
	case "subject":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_CHANGE_SUBJECT, attrString(&change, "subject"))
	case "description":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_CHANGE_DESCRIPTION, string(childContent(&change, "body")))
	case "announcement", "not_announcement":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_CHANGE_ANNOUNCE, onOff(change.Tag == "announcement"))
	case "locked", "unlocked":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_CHANGE_RESTRICT, onOff(change.Tag == "locked"))
	case "ephemeral":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_CHANGE_EPHEMERAL_SETTING, attrString(&change, "expiration"))
	case "not_ephemeral":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_CHANGE_EPHEMERAL_SETTING, "0")
	case "add":
		kind := waWeb.WebMessageInfo_GROUP_PARTICIPANT_ADD
		if attrString(&change, "reason") != "" {
			kind = waWeb.WebMessageInfo_GROUP_PARTICIPANT_INVITE
		}
		p.noteLine(group, author, at, kind, who...)
	case "remove":
		kind := waWeb.WebMessageInfo_GROUP_PARTICIPANT_REMOVE
		if themselves {
			kind = waWeb.WebMessageInfo_GROUP_PARTICIPANT_LEAVE
		}
		p.noteLine(group, author, at, kind, who...)
	case "promote":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_PARTICIPANT_PROMOTE, who...)
	case "demote":
		p.noteLine(group, author, at, waWeb.WebMessageInfo_GROUP_PARTICIPANT_DEMOTE, who...)
	}
}

// missed keeps a call that nobody took.
func (p *Phone) missed(id string, c callGoing) {
	kind := waWeb.WebMessageInfo_CALL_MISSED_VOICE
	if c.video {
		kind = waWeb.WebMessageInfo_CALL_MISSED_VIDEO
	}
	p.noteLine(c.from.lidJID(), types.EmptyJID, c.at, kind, id)
}

func (p *Phone) noteLine(chat, author types.JID, at time.Time, kind waWeb.WebMessageInfo_StubType, parameters ...string) {
	info := &waWeb.WebMessageInfo{
		Key:              &waCommon.MessageKey{RemoteJID: proto.String(chat.String()), FromMe: proto.Bool(p.s.accountOf(author) == p.account), ID: proto.String(p.newMessageID())},
		MessageTimestamp: proto.Uint64(uint64(at.Unix())), MessageStubType: kind.Enum(), MessageStubParameters: parameters,
	}
	if chat.Server == types.GroupServer && !author.IsEmpty() {
		info.Participant = proto.String(author.String())
	}
	label := p.labelOf(chat)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lines == nil {
		p.lines = make(map[string][]*waWeb.WebMessageInfo)
	}
	p.lines[label] = append(p.lines[label], info)
}

// addLines puts the lines that stand among messages from first to before end of a chat into a conversation, the newest first.
func (p *Phone) addLines(c *waHistorySync.Conversation, t *thread, first, end int) {
	newest, oldest := time.Unix(1<<40, 0), time.Time{}
	if m, err := p.threadMessage(t, max(first-1, 0)); err == nil && first > 0 {
		newest = m.At
	}
	if m, err := p.threadMessage(t, max(end-1, 0)); err == nil && end > 0 && end < t.count() {
		oldest = m.At
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.lines[t.with.label()] {
		if at := time.Unix(int64(line.GetMessageTimestamp()), 0); at.Before(newest) && !at.Before(oldest.Truncate(time.Second)) {
			c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: line})
		}
	}
	slices.SortStableFunc(c.Messages, func(x, y *waHistorySync.HistorySyncMsg) int {
		return int(int64(y.GetMessage().GetMessageTimestamp()) - int64(x.GetMessage().GetMessageTimestamp()))
	})
}

// attrSeconds is an attribute with a time in seconds, 0 for what is none.
func attrSeconds(node *waBinary.Node, key string) int64 {
	n, _ := strconv.ParseInt(attrString(node, key), 10, 64)
	return n
}

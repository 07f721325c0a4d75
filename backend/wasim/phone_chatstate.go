package wasim

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// ChatView is what a phone shows of a chat besides its messages. Part of it comes from what linked devices have done.
type ChatView struct {
	// Peer is the other person's number, with the plus, or the JID of the group.
	Peer string `json:"peer"`
	// Archived, Pinned: where the chat stands in the list.
	Archived bool `json:"archived"`
	Pinned   bool `json:"pinned"`
	// Muted is true while the chat makes no noise. MutedUntil is zero when it has no end.
	Muted      bool      `json:"muted"`
	MutedUntil time.Time `json:"mutedUntil,omitzero"`
	// MarkedUnread is true when somebody marked a read chat as unread.
	MarkedUnread bool `json:"markedUnread"`
	// Unread is how many messages the owner has not read.
	Unread int `json:"unread"`
	// Labels are the ids of the labels on it, in order.
	Labels []string `json:"labels"`
	// Starred are the ids of the starred messages, in order.
	Starred []string `json:"starred"`
	// StatusMuted is true when the person's status updates are hidden.
	StatusMuted bool `json:"statusMuted"`
}

// Label is a label of a business account. Chats and messages can have several.
type Label struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Color is a number from 0 to 19.
	Color int32 `json:"color"`
	// Chats are the labelled chats, and Messages the ids of the labelled messages, in order.
	Chats    []string `json:"chats"`
	Messages []string `json:"messages"`
}

// QuickReply is a text that a business account writes by a shortcut.
type QuickReply struct {
	ID       string `json:"id"`
	Shortcut string `json:"shortcut"`
	Message  string `json:"message"`
}

// StateView is what a phone knows from the app state that it shares with its linked devices.
type StateView struct {
	// Contacts is the address book: names by number with the plus, or by LID for people whose number is not known.
	Contacts map[string]string `json:"contacts"`
	// Chats are the chats that anything but their messages is known of, by Peer.
	Chats        []ChatView   `json:"chats"`
	Labels       []Label      `json:"labels"`
	QuickReplies []QuickReply `json:"quickReplies"`
	// Locale is empty until it is set.
	Locale string `json:"locale"`
	// UnarchiveChats: a message brings an archived chat back. TwentyFourHours: how times are shown.
	UnarchiveChats  bool `json:"unarchiveChats"`
	TwentyFourHours bool `json:"twentyFourHours"`
	// Versions of the collections, by name.
	Versions map[string]uint64 `json:"versions"`
}

// chatSettings are the parts of a ChatView that come from the app state. Guarded by Phone.mu.
type chatSettings struct {
	archived, muted, markedUnread, statusMuted bool
	readOnce                                   bool      // all that came before was read
	pinned                                     time.Time // zero when it is not
	mutedUntil                                 time.Time
	labels, starred                            map[string]bool
}

// sharedView is the rest of what the app state says. Guarded by Phone.mu.
type sharedView struct {
	contacts       map[string]string
	chats          map[string]*chatSettings
	labels         map[string]*waSyncAction.LabelEditAction
	labelled       map[string]map[string]bool // message ids by label
	replies        map[string]*waSyncAction.QuickReplyAction
	locale         string
	unarchive, h24 bool
}

func newSharedView() sharedView {
	return sharedView{
		contacts: make(map[string]string),
		chats:    make(map[string]*chatSettings),
		labels:   make(map[string]*waSyncAction.LabelEditAction),
		labelled: make(map[string]map[string]bool),
		replies:  make(map[string]*waSyncAction.QuickReplyAction),
	}
}

// of finds the settings of a chat, which it makes when there are none.
func (v *sharedView) of(label string) *chatSettings {
	c := v.chats[label]
	if c == nil {
		c = &chatSettings{labels: make(map[string]bool), starred: make(map[string]bool)}
		v.chats[label] = c
	}
	return c
}

// applyState lets the phone show what its own patches and those of its linked devices say.
func (p *Phone) applyState(mutations []appstate.Mutation) {
	for _, m := range mutations {
		if len(m.Index) == 0 {
			continue
		}
		if m.Operation == waServerSync.SyncdMutation_SET {
			p.applyEntry(m.Index, m.Action)
		} else {
			p.forgetEntry(m.Index)
		}
	}
	p.s.pulse.beat()
}

// target is the chat that an entry is about.
func (p *Phone) target(index []string, at int) (string, bool) {
	if len(index) <= at {
		return "", false
	}
	jid, err := types.ParseJID(index[at])
	if err != nil {
		return "", false
	}
	return p.labelOf(jid), true
}

func (p *Phone) applyEntry(index []string, action *waSyncAction.SyncActionValue) {
	switch index[0] {
	case appstate.IndexSettingPushName:
		if name := action.GetPushNameSetting().GetName(); name != "" {
			p.account.setPushName(name)
		}
	case appstate.IndexSettingLocale, appstate.IndexTimeFormat, appstate.IndexSettingUnarchiveChats:
		p.applySetting(index[0], action)
	case appstate.IndexLabelEdit, appstate.IndexLabelAssociationChat, appstate.IndexLabelAssociationMessage, appstate.IndexQuickReply:
		p.applyBusiness(index, action)
	case appstate.IndexDeleteChat, appstate.IndexClearChat, appstate.IndexDeleteMessageForMe:
		p.applyRemoval(index, action)
	default:
		p.applyToChat(index, action)
	}
}

func (p *Phone) applySetting(name string, action *waSyncAction.SyncActionValue) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch name {
	case appstate.IndexSettingLocale:
		p.learned.locale = action.GetLocaleSetting().GetLocale()
	case appstate.IndexTimeFormat:
		p.learned.h24 = action.GetTimeFormatAction().GetIsTwentyFourHourFormatEnabled()
	case appstate.IndexSettingUnarchiveChats:
		p.learned.unarchive = action.GetUnarchiveChatsSetting().GetUnarchiveChats()
	}
}

func (p *Phone) applyToChat(index []string, action *waSyncAction.SyncActionValue) {
	label, ok := p.target(index, 1)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch index[0] {
	case appstate.IndexContact, appstate.IndexLIDContact:
		p.learned.contacts[label] = cmp.Or(action.GetContactAction().GetFullName(), action.GetContactAction().GetFirstName(),
			action.GetLidContactAction().GetFullName(), action.GetLidContactAction().GetFirstName())
	case appstate.IndexArchive:
		p.learned.of(label).archived = action.GetArchiveChatAction().GetArchived()
	case appstate.IndexPin:
		p.learned.of(label).pinned = time.Time{}
		if action.GetPinAction().GetPinned() {
			p.learned.of(label).pinned = time.UnixMilli(action.GetTimestamp())
		}
	case appstate.IndexMute:
		c, end := p.learned.of(label), action.GetMuteAction().GetMuteEndTimestamp()
		c.muted, c.mutedUntil = action.GetMuteAction().GetMuted(), time.Time{}
		if c.muted && end > 0 {
			c.mutedUntil = time.UnixMilli(end)
		}
	case appstate.IndexMarkChatAsRead:
		read := action.GetMarkChatAsReadAction()
		p.learned.of(label).markedUnread = !read.GetRead()
		if read.GetRead() {
			p.readUpToLocked(label, read.GetMessageRange())
		}
	case appstate.IndexUserStatusMute:
		p.learned.of(label).statusMuted = action.GetUserStatusMuteAction().GetMuted()
	case appstate.IndexStar:
		if len(index) > 2 {
			setMember(p.learned.of(label).starred, index[2], action.GetStarAction().GetStarred())
		}
	}
}

func setMember(set map[string]bool, member string, in bool) {
	if in {
		set[member] = true
	} else {
		delete(set, member)
	}
}

// applyBusiness takes labels and quick replies.
func (p *Phone) applyBusiness(index []string, action *waSyncAction.SyncActionValue) {
	if len(index) < 2 {
		return
	}
	id := index[1]
	chat, _ := p.target(index, 2)
	p.mu.Lock()
	defer p.mu.Unlock()
	labelled := action.GetLabelAssociationAction().GetLabeled()
	switch {
	case index[0] == appstate.IndexQuickReply:
		p.learned.replies[id] = action.GetQuickReplyAction()
		if action.GetQuickReplyAction().GetDeleted() {
			delete(p.learned.replies, id)
		}
	case index[0] == appstate.IndexLabelEdit:
		p.learned.labels[id] = action.GetLabelEditAction()
		if action.GetLabelEditAction().GetDeleted() {
			delete(p.learned.labels, id)
			delete(p.learned.labelled, id)
			for _, c := range p.learned.chats {
				delete(c.labels, id)
			}
		}
	case index[0] == appstate.IndexLabelAssociationChat && chat != "":
		setMember(p.learned.of(chat).labels, id, labelled)
	case index[0] == appstate.IndexLabelAssociationMessage && len(index) > 3:
		if p.learned.labelled[id] == nil {
			p.learned.labelled[id] = make(map[string]bool)
		}
		setMember(p.learned.labelled[id], index[3], labelled)
	}
}

// applyRemoval takes messages away that a device has deleted for the owner only.
func (p *Phone) applyRemoval(index []string, action *waSyncAction.SyncActionValue) {
	label, ok := p.target(index, 1)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch index[0] {
	case appstate.IndexDeleteMessageForMe:
		if len(index) > 2 {
			p.dropLocked(label, func(m *storedMessage) bool { return m.ID == index[2] })
		}
	case appstate.IndexClearChat:
		p.cleared[label] = true
		p.dropLocked(label, inRange(action.GetClearChatAction().GetMessageRange()))
	case appstate.IndexDeleteChat:
		p.cleared[label] = true
		p.dropLocked(label, inRange(action.GetDeleteChatAction().GetMessageRange()))
		if c := p.chats[label]; c != nil && len(c.messages) == 0 {
			delete(p.chats, label)
		}
		delete(p.learned.chats, label)
	}
}

// inRange tells which messages an action is about: those that were there when it was taken. Without a range all.
func inRange(r *waSyncAction.SyncActionMessageRange) func(*storedMessage) bool {
	last := max(r.GetLastMessageTimestamp(), r.GetLastSystemMessageTimestamp())
	return func(m *storedMessage) bool { return last == 0 || m.At.Unix() <= last }
}

func (p *Phone) dropLocked(label string, drops func(*storedMessage) bool) {
	c := p.chats[label]
	if c == nil {
		return
	}
	c.messages = slices.DeleteFunc(slices.Clone(c.messages), drops)
}

func (p *Phone) readUpToLocked(label string, r *waSyncAction.SyncActionMessageRange) {
	p.learned.of(label).readOnce = true
	if c := p.chats[label]; c != nil {
		for _, m := range c.messages {
			if inRange(r)(m) {
				m.Read = true
			}
		}
	}
}

// forgetEntry takes back what an entry that was removed said. What has been done to messages stays done.
func (p *Phone) forgetEntry(index []string) {
	switch index[0] {
	case appstate.IndexContact, appstate.IndexLIDContact:
		if label, ok := p.target(index, 1); ok {
			p.mu.Lock()
			delete(p.learned.contacts, label)
			p.mu.Unlock()
		}
	case appstate.IndexLabelEdit:
		p.applyBusiness(index, &waSyncAction.SyncActionValue{LabelEditAction: &waSyncAction.LabelEditAction{Deleted: proto.Bool(true)}})
	case appstate.IndexQuickReply:
		p.applyBusiness(index, &waSyncAction.SyncActionValue{QuickReplyAction: &waSyncAction.QuickReplyAction{Deleted: proto.Bool(true)}})
	case appstate.IndexArchive, appstate.IndexPin, appstate.IndexMute, appstate.IndexUserStatusMute, appstate.IndexStar,
		appstate.IndexLabelAssociationChat, appstate.IndexLabelAssociationMessage:
		p.applyEntry(index, &waSyncAction.SyncActionValue{})
	}
}

// Chat returns what the phone shows of the chat with a number or a group besides its messages.
func (p *Phone) Chat(peer string) (ChatView, error) {
	with, err := p.partner(peer)
	if err != nil {
		return ChatView{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chatViewLocked(with.label()), nil
}

func (p *Phone) chatViewLocked(label string) ChatView {
	settings := p.learned.chats[label]
	if settings == nil {
		settings = &chatSettings{}
	}
	v := ChatView{
		Peer: label, Archived: settings.archived, Pinned: !settings.pinned.IsZero(), MarkedUnread: settings.markedUnread,
		StatusMuted: settings.statusMuted, Labels: sortedKeys(settings.labels), Starred: sortedKeys(settings.starred),
	}
	if settings.muted && (settings.mutedUntil.IsZero() || settings.mutedUntil.After(p.now())) {
		v.Muted, v.MutedUntil = true, settings.mutedUntil
	}
	if i := p.pastIndexLocked(label); i >= 0 && !settings.readOnce {
		v.Unread = p.past.source.Chat(i).Unread
	}
	if c := p.chats[label]; c != nil {
		for _, m := range c.messages {
			if !m.FromMe && !m.Read {
				v.Unread++
			}
		}
	}
	return v
}

func sortedKeys[V any](m map[string]V) []string {
	return append(make([]string, 0, len(m)), slices.Sorted(maps.Keys(m))...)
}

// State returns what the phone knows from the app state.
func (p *Phone) State() StateView {
	p.state.mu.Lock()
	versions := make(map[string]uint64)
	if p.state.memory != nil {
		for name, state := range p.state.memory.states {
			versions[name] = state.Version
		}
	}
	p.state.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	v := StateView{
		Contacts: maps.Clone(p.learned.contacts), Locale: p.learned.locale, UnarchiveChats: p.learned.unarchive,
		TwentyFourHours: p.learned.h24, Versions: versions,
		Chats: []ChatView{}, Labels: []Label{}, QuickReplies: []QuickReply{},
	}
	for _, label := range sortedKeys(p.learned.chats) {
		v.Chats = append(v.Chats, p.chatViewLocked(label))
	}
	for _, id := range sortedKeys(p.learned.labels) {
		label := Label{
			ID: id, Name: p.learned.labels[id].GetName(), Color: p.learned.labels[id].GetColor(),
			Chats: []string{}, Messages: sortedKeys(p.learned.labelled[id]),
		}
		for _, chat := range sortedKeys(p.learned.chats) {
			if p.learned.chats[chat].labels[id] {
				label.Chats = append(label.Chats, chat)
			}
		}
		v.Labels = append(v.Labels, label)
	}
	for _, id := range sortedKeys(p.learned.replies) {
		reply := p.learned.replies[id]
		v.QuickReplies = append(v.QuickReplies, QuickReply{ID: id, Shortcut: reply.GetShortcut(), Message: reply.GetMessage()})
	}
	return v
}

// newLabelID is the next free number for a label.
func (v *sharedView) newLabelID() string {
	last := 0
	for id := range v.labels {
		if n, err := strconv.Atoi(id); err == nil {
			last = max(last, n)
		}
	}
	return strconv.Itoa(last + 1)
}

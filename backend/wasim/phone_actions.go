package wasim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// What the owner does on the phone and the phone's linked devices learn through the app state. Which entry is in which
// collection, and the number of its format, are those of whatsmeow (appstate/keys.go, encode.go) and Baileys
// (chat-utils.js, chatModificationToAppPatch).

// SetName changes the push name, for the people the phone writes to and for its linked devices.
func (p *Phone) SetName(ctx context.Context, name string) error {
	p.account.setPushName(name)
	return p.state.change(ctx, appstate.WAPatchCriticalBlock, pushNameChange(name))
}

func pushNameChange(name string) stateChange {
	return stateChange{[]string{appstate.IndexSettingPushName}, 1, &waSyncAction.SyncActionValue{
		PushNameSetting: &waSyncAction.PushNameSetting{Name: proto.String(name)},
	}}
}

// SaveContact gives a person a name in the phone's address book, or another one.
func (p *Phone) SaveContact(ctx context.Context, number, name string) error {
	return p.SaveContacts(ctx, map[string]string{number: name})
}

// SaveContacts gives many people names in the phone's address book, in one step. The keys are numbers.
func (p *Phone) SaveContacts(ctx context.Context, names map[string]string) error {
	changes := make([]stateChange, 0, len(names))
	for _, number := range sortedKeys(names) {
		person, err := p.partner(number)
		if err != nil {
			return err
		}
		changes = append(changes, contactChange(person.jidOn(types.DefaultUserServer), person.jidOn(types.HiddenUserServer), names[number]))
	}
	return p.state.change(ctx, appstate.WAPatchCriticalUnblockLow, changes...)
}

// RemoveContact takes a person out of the address book.
func (p *Phone) RemoveContact(ctx context.Context, number string) error {
	person, err := p.partner(number)
	if err != nil {
		return err
	}
	change := contactChange(person.jidOn(types.DefaultUserServer), person.jidOn(types.HiddenUserServer), "")
	change.value = nil
	return p.state.change(ctx, appstate.WAPatchCriticalUnblockLow, change)
}

// contactChange is an entry of the phone's address book.
func contactChange(pn, lid types.JID, name string) stateChange {
	first, _, _ := strings.Cut(name, " ")
	return stateChange{[]string{appstate.IndexContact, pn.String()}, 2, &waSyncAction.SyncActionValue{
		ContactAction: &waSyncAction.ContactAction{
			FullName: proto.String(name), FirstName: proto.String(first), LidJID: proto.String(lid.String()),
			SaveOnPrimaryAddressbook: proto.Bool(true),
		},
	}}
}

// Archive puts a chat into the archive or takes it out. An archived chat is no longer pinned.
func (p *Phone) Archive(ctx context.Context, peer string, on bool) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	changes := []stateChange{{[]string{appstate.IndexArchive, chat.String()}, 3, &waSyncAction.SyncActionValue{
		ArchiveChatAction: &waSyncAction.ArchiveChatAction{Archived: proto.Bool(on), MessageRange: p.messageRange(peer, chat)},
	}}}
	if on {
		changes = append(changes, pinChange(chat, false))
	}
	return p.state.change(ctx, appstate.WAPatchRegularLow, changes...)
}

// Pin keeps a chat at the top of the list, or no longer.
func (p *Phone) Pin(ctx context.Context, peer string, on bool) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularLow, pinChange(chat, on))
}

func pinChange(chat types.JID, on bool) stateChange {
	return stateChange{[]string{appstate.IndexPin, chat.String()}, 5, &waSyncAction.SyncActionValue{
		PinAction: &waSyncAction.PinAction{Pinned: proto.Bool(on)},
	}}
}

// Mute makes a chat silent until a time, for ever if that is zero, or not silent.
func (p *Phone) Mute(ctx context.Context, peer string, on bool, until time.Time) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	mute := &waSyncAction.MuteAction{Muted: proto.Bool(on)}
	switch {
	case on && until.IsZero():
		mute.MuteEndTimestamp = proto.Int64(-1)
	case on:
		mute.MuteEndTimestamp = proto.Int64(until.UnixMilli())
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh,
		stateChange{[]string{appstate.IndexMute, chat.String()}, 2, &waSyncAction.SyncActionValue{MuteAction: mute}})
}

// MarkUnread marks a chat as unread, or as read without telling its writers. See MarkRead for reading.
func (p *Phone) MarkUnread(ctx context.Context, peer string, on bool) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularLow,
		stateChange{[]string{appstate.IndexMarkChatAsRead, chat.String()}, 3, &waSyncAction.SyncActionValue{
			MarkChatAsReadAction: &waSyncAction.MarkChatAsReadAction{Read: proto.Bool(!on), MessageRange: p.messageRange(peer, chat)},
		}})
}

// MarkRead reads everything that a number, or the others in a group, wrote and sends the read receipts. A chat that was
// marked as unread no longer is. It returns how many messages were read.
func (p *Phone) MarkRead(peer string) (int, error) {
	count, err := p.endpoint.MarkRead(peer)
	if err != nil {
		return count, err
	}
	view, err := p.Chat(peer)
	if err != nil || !view.MarkedUnread {
		return count, err
	}
	return count, p.MarkUnread(p.s.ctx, peer, false)
}

// ClearChat deletes the messages of a chat for the owner; the chat stays.
func (p *Phone) ClearChat(ctx context.Context, peer string) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh,
		stateChange{[]string{appstate.IndexClearChat, chat.String(), "1", "0"}, 6, &waSyncAction.SyncActionValue{
			ClearChatAction: &waSyncAction.ClearChatAction{MessageRange: p.messageRange(peer, chat)},
		}})
}

// DeleteChat deletes a chat with all its messages for the owner.
func (p *Phone) DeleteChat(ctx context.Context, peer string) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh,
		stateChange{[]string{appstate.IndexDeleteChat, chat.String(), "1"}, 6, &waSyncAction.SyncActionValue{
			DeleteChatAction: &waSyncAction.DeleteChatAction{MessageRange: p.messageRange(peer, chat)},
		}})
}

// DeleteForMe deletes one message for the owner.
func (p *Phone) DeleteForMe(ctx context.Context, peer, id string) error {
	index, m, err := p.messageIndex(appstate.IndexDeleteMessageForMe, peer, id)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh, stateChange{index, 3, &waSyncAction.SyncActionValue{
		DeleteMessageForMeAction: &waSyncAction.DeleteMessageForMeAction{
			DeleteMedia: proto.Bool(true), MessageTimestamp: proto.Int64(m.At.Unix()),
		},
	}})
}

// Star marks a message, or no longer.
func (p *Phone) Star(ctx context.Context, peer, id string, on bool) error {
	index, _, err := p.messageIndex(appstate.IndexStar, peer, id)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh, stateChange{index, 2, &waSyncAction.SyncActionValue{
		StarAction: &waSyncAction.StarAction{Starred: proto.Bool(on)},
	}})
}

// MuteStatus hides a person's status updates, or shows them again.
func (p *Phone) MuteStatus(ctx context.Context, number string, on bool) error {
	chat, err := p.chatJID(number)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegularHigh,
		stateChange{[]string{appstate.IndexUserStatusMute, chat.String()}, 7, &waSyncAction.SyncActionValue{
			UserStatusMuteAction: &waSyncAction.UserStatusMuteAction{Muted: proto.Bool(on)},
		}})
}

// SetUnarchiveChats decides whether a new message brings an archived chat back.
func (p *Phone) SetUnarchiveChats(ctx context.Context, on bool) error {
	return p.state.change(ctx, appstate.WAPatchRegularLow, unarchiveChange(on))
}

func unarchiveChange(on bool) stateChange {
	return stateChange{[]string{appstate.IndexSettingUnarchiveChats}, 4, &waSyncAction.SyncActionValue{
		UnarchiveChatsSetting: &waSyncAction.UnarchiveChatsSetting{UnarchiveChats: proto.Bool(on)},
	}}
}

// SetLocale changes the language of the account, for example "es".
func (p *Phone) SetLocale(ctx context.Context, locale string) error {
	return p.state.change(ctx, appstate.WAPatchCriticalBlock, stateChange{[]string{appstate.IndexSettingLocale}, 3, &waSyncAction.SyncActionValue{
		LocaleSetting: &waSyncAction.LocaleSetting{Locale: proto.String(locale)},
	}})
}

// SetTwentyFourHours decides how times are shown.
func (p *Phone) SetTwentyFourHours(ctx context.Context, on bool) error {
	return p.state.change(ctx, appstate.WAPatchRegularLow, stateChange{[]string{appstate.IndexTimeFormat}, 7, &waSyncAction.SyncActionValue{
		TimeFormatAction: &waSyncAction.TimeFormatAction{IsTwentyFourHourFormatEnabled: proto.Bool(on)},
	}})
}

// EditLabel makes a label, which gets the next free id when it has none, or changes one. It returns the id.
func (p *Phone) EditLabel(ctx context.Context, label Label) (string, error) {
	if label.ID == "" {
		p.mu.Lock()
		label.ID = p.learned.newLabelID()
		p.mu.Unlock()
	}
	return label.ID, p.editLabel(ctx, label, false)
}

// DeleteLabel takes a label away, from the list and from whatever has it.
func (p *Phone) DeleteLabel(ctx context.Context, id string) error {
	return p.editLabel(ctx, Label{ID: id}, true)
}

func (p *Phone) editLabel(ctx context.Context, label Label, deleted bool) error {
	return p.state.change(ctx, appstate.WAPatchRegular, stateChange{[]string{appstate.IndexLabelEdit, label.ID}, 3, &waSyncAction.SyncActionValue{
		LabelEditAction: &waSyncAction.LabelEditAction{
			Name: proto.String(label.Name), Color: proto.Int32(label.Color), Deleted: proto.Bool(deleted),
		},
	}})
}

// LabelChat puts a label on a chat or takes it off.
func (p *Phone) LabelChat(ctx context.Context, peer, label string, on bool) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegular,
		associationChange([]string{appstate.IndexLabelAssociationChat, label, chat.String()}, on))
}

// LabelMessage puts a label on a message or takes it off.
func (p *Phone) LabelMessage(ctx context.Context, peer, label, id string, on bool) error {
	chat, err := p.chatJID(peer)
	if err != nil {
		return err
	}
	return p.state.change(ctx, appstate.WAPatchRegular,
		associationChange([]string{appstate.IndexLabelAssociationMessage, label, chat.String(), id, "0", "0"}, on))
}

func associationChange(index []string, on bool) stateChange {
	return stateChange{index, 3, &waSyncAction.SyncActionValue{
		LabelAssociationAction: &waSyncAction.LabelAssociationAction{Labeled: proto.Bool(on)},
	}}
}

// SaveQuickReply makes or changes a quick reply; one without a message is deleted.
func (p *Phone) SaveQuickReply(ctx context.Context, reply QuickReply) error {
	return p.state.change(ctx, appstate.WAPatchRegular, stateChange{[]string{appstate.IndexQuickReply, reply.ID}, 2, &waSyncAction.SyncActionValue{
		QuickReplyAction: &waSyncAction.QuickReplyAction{
			Shortcut: proto.String(reply.Shortcut), Message: proto.String(reply.Message), Deleted: proto.Bool(reply.Message == ""),
		},
	}})
}

// chatJID is how the entries of the app state name a chat: a person by the address space that the phone writes in.
func (p *Phone) chatJID(peer string) (types.JID, error) {
	with, err := p.partner(peer)
	if err != nil {
		return types.JID{}, err
	}
	return with.jidOn(p.addressSpace()), nil
}

// messageRange says up to which message an action on a chat goes.
func (p *Phone) messageRange(peer string, chat types.JID) *waSyncAction.SyncActionMessageRange {
	r := &waSyncAction.SyncActionMessageRange{LastMessageTimestamp: proto.Int64(p.now().Unix())}
	with, err := p.partner(peer)
	if err != nil {
		return r
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chats[with.label()]
	if c == nil || len(c.messages) == 0 {
		return r
	}
	last := c.messages[len(c.messages)-1]
	r.LastMessageTimestamp = proto.Int64(last.At.Unix())
	r.Messages = []*waSyncAction.SyncActionMessage{{
		Key: webMessage(last, chat.String()).GetKey(), Timestamp: proto.Int64(last.At.Unix()),
	}}
	return r
}

// messageIndex is the index of an entry about one message, and the message.
func (p *Phone) messageIndex(kind, peer, id string) ([]string, ChatMessage, error) {
	chat, err := p.chatJID(peer)
	if err != nil {
		return nil, ChatMessage{}, err
	}
	messages := p.Messages(peer)
	at := slices.IndexFunc(messages, func(m ChatMessage) bool { return m.ID == id })
	if at < 0 {
		return nil, ChatMessage{}, fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	fromMe, author := "0", "0"
	if messages[at].FromMe {
		fromMe = "1"
	} else if isGroup(peer) {
		if jid, err := p.chatJID(messages[at].Author); err == nil {
			author = jid.String()
		}
	}
	return []string{kind, chat.String(), id, fromMe, author}, messages[at], nil
}

package wasim_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

func shownIn(p *wasim.Phone, peer, id string) wasim.ChatMessage {
	for _, m := range p.Messages(peer) {
		if m.ID == id {
			return m
		}
	}
	return wasim.ChatMessage{}
}

func TestReceiptsInAGroupAreCountedByMember(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	for _, c := range g.clients() {
		c.SetForceActiveDeliveryReceipts(true)
	}
	g.school.SetOwnNetwork(false)
	id, err := g.ana.SendText(t.Context(), g.jid, "who reads this?")
	require.NoError(t, err)
	waitFor(t, g.s, "delivered to all", func() bool { return stateOf(g.ana, g.jid, id) == wasim.StateDelivered })
	m := g.desk.awaitText("who reads this?")
	require.NoError(t, g.desk.MarkRead(t.Context(), []string{id}, time.Now(), m.Info.Chat, m.Info.Sender))
	waitFor(t, g.s, "read by the school", func() bool { return shownIn(g.ana, g.jid, id).Members[g.school.Number()] == wasim.StateRead })
	require.Equal(t, wasim.StateDelivered, stateOf(g.ana, g.jid, id), "the clinic has not read it")
	require.NoError(t, g.first.MarkRead(t.Context(), []string{id}, time.Now(), m.Info.Chat, m.Info.Sender, types.ReceiptTypePlayed))
	waitFor(t, g.s, "read by all", func() bool { return stateOf(g.ana, g.jid, id) == wasim.StateRead })
	require.Equal(t, map[string]wasim.MessageState{g.clinic.Number(): wasim.StatePlayed, g.school.Number(): wasim.StateRead},
		shownIn(g.ana, g.jid, id).Members)

	// The reader's other devices know too.
	own := await(g.second, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypePlayed && r.MessageIDs[0] == id })
	require.True(t, own.IsFromMe)
	require.Equal(t, g.chat(t), own.Chat)
	require.Equal(t, jid(t, g.ana.LID()), own.MessageSender)

	// A client that writes hears of every reader on all of its account's devices.
	sent, err := g.first.sendText(g.chat(t), "and this?")
	require.NoError(t, err)
	waitFor(t, g.s, "on Ana's phone", func() bool { return shownIn(g.ana, g.jid, sent.ID).ID != "" })
	n, err := g.ana.MarkRead(g.jid)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	for _, c := range []*client{g.first, g.second} {
		for _, kind := range []types.ReceiptType{types.ReceiptTypeDelivered, types.ReceiptTypeRead} {
			r := await(c, func(r *events.Receipt) bool {
				return r.Type == kind && r.MessageIDs[0] == sent.ID && r.Sender == jid(t, g.ana.LID())
			})
			require.True(t, r.IsGroup)
			require.Equal(t, g.chat(t), r.Chat)
		}
	}
	waitFor(t, g.s, "ticks on the clinic's phone", func() bool {
		return shownIn(g.clinic, g.jid, sent.ID).Members[g.ana.Number()] == wasim.StateRead
	})
}

func TestReadingInAGroupOnAnotherDevice(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	id, err := g.ana.SendText(t.Context(), g.jid, "news")
	require.NoError(t, err)
	m := g.first.awaitText("news")
	waitFor(t, g.s, "on the clinic's phone", func() bool { return shownIn(g.clinic, g.jid, id).ID != "" })
	require.False(t, shownIn(g.clinic, g.jid, id).Read)
	require.NoError(t, g.first.MarkRead(t.Context(), []string{id}, time.Now(), m.Info.Chat, m.Info.Sender))
	waitFor(t, g.s, "read on the clinic's phone", func() bool { return shownIn(g.clinic, g.jid, id).Read })
}

// askedAgain waits until a message that was corrupted on its way to a device has arrived there after all.
func (g *team) askedAgain(t *testing.T, id string, to *wasim.Phone, device uint16) {
	t.Helper()
	at := wasim.Filter{ID: id, To: to.Number(), ToDevice: &device}
	waitFor(t, g.s, "retry answered", func() bool {
		d := g.s.Ledger().Deliveries(at)
		return len(d) == 1 && d[0].Receipts["retry"] > 0 && d[0].Queued == 2 && d[0].Acked == 2
	})
}

func TestRetriesInAGroup(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			g := newTeam(t, addressing)
			corrupt := func(p *wasim.Phone, phone bool) {
				require.NoError(t, g.s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: p.Number(), Phone: phone, Count: 1}))
			}
			corrupt(g.school, false)
			id, err := g.ana.SendText(t.Context(), g.jid, "from a phone to a client")
			require.NoError(t, err)
			g.askedAgain(t, id, g.school, 1)
			require.Equal(t, "from a phone to a client", textOf(await(g.desk, func(m *events.Message) bool {
				return m.Info.ID == id && m.UnavailableRequestID == "" && textOf(m) != ""
			})))

			corrupt(g.ana, true)
			sent, err := g.desk.sendText(g.chat(t), "from a client to a phone")
			require.NoError(t, err)
			g.askedAgain(t, sent.ID, g.ana, 0)
			waitFor(t, g.s, "shown", func() bool { return shownIn(g.ana, g.jid, sent.ID).Text == "from a client to a phone" })

			corrupt(g.school, false)
			sent, err = g.first.sendText(g.chat(t), "from a client to a client")
			require.NoError(t, err)
			g.askedAgain(t, sent.ID, g.school, 1)
			g.desk.awaitText("from a client to a client")

			corrupt(g.clinic, true)
			sent, err = g.first.sendText(g.chat(t), "to the own phone")
			require.NoError(t, err)
			g.askedAgain(t, sent.ID, g.clinic, 0)
			waitFor(t, g.s, "shown", func() bool { return shownIn(g.clinic, g.jid, sent.ID).FromMe })
			for i, c := range g.clients() {
				require.Equal(t, 1, times(c.texts(), "from a phone to a client")-placeholders(c, id), i)
			}
		})
	}
}

// placeholders counts the copies of a message that came from the own phone, which a client asks as well.
func placeholders(c *client, id string) int {
	n := 0
	for _, m := range all[*events.Message](c) {
		if m.Info.ID == id && m.UnavailableRequestID != "" {
			n++
		}
	}
	return n
}

func TestAClientThatLostItsKeysReadsOn(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	_, err := g.ana.SendText(t.Context(), g.jid, "before")
	require.NoError(t, err)
	g.desk.awaitText("before")
	_, err = g.desk.db.ExecContext(t.Context(), "DELETE FROM whatsmeow_sender_keys")
	require.NoError(t, err)
	id, err := g.ana.SendText(t.Context(), g.jid, "after")
	require.NoError(t, err)
	g.askedAgain(t, id, g.school, 1)
	g.desk.awaitText("after")
	id, err = g.ana.SendText(t.Context(), g.jid, "later")
	require.NoError(t, err)
	g.saw(t, id, "later", 5)
}

// keyIDs lists the sender keys of an account that a client was given, in order.
func keyIDs(t *testing.T, c *client, sender types.JID) []uint32 {
	t.Helper()
	var ids []uint32
	for _, m := range all[*events.Message](c) {
		share := m.RawMessage.GetSenderKeyDistributionMessage().GetAxolotlSenderKeyDistributionMessage()
		if share == nil || m.Info.Sender.User != sender.User {
			continue
		}
		parsed, err := protocol.NewSenderKeyDistributionMessageFromBytes(share, store.SignalProtobufSerializer.SenderKeyDistributionMessage)
		require.NoError(t, err)
		ids = append(ids, parsed.ID())
	}
	return ids
}

func TestAMemberChangesDevices(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	write := func(text string, devices int) {
		t.Helper()
		id, err := g.ana.SendText(t.Context(), g.jid, text)
		require.NoError(t, err)
		g.saw(t, id, text, devices)
		sent, err := g.desk.sendText(g.chat(t), text)
		require.NoError(t, err)
		g.saw(t, sent.ID, text, devices)
	}
	write("two computers", 5)
	third := newClient(t, g.s, filepath.Join(t.TempDir(), "third.db"))
	require.EqualValues(t, 3, third.link(g.clinic).Device)
	write("three computers", 6)
	require.Equal(t, 2, times(third.texts(), "three computers"))
	require.Len(t, keyIDs(t, g.first, jid(t, g.ana.LID())), 1, "a key is given once")
	require.NoError(t, g.clinic.Unlink(3))
	await[*events.LoggedOut](third, nil)
	write("two again", 5)
	given := keyIDs(t, g.first, jid(t, g.ana.LID()))
	require.Len(t, given, 2)
	require.NotEqual(t, given[0], given[1], "who left cannot read on")
}

func TestASenderWithAnOldListOfMembers(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	internals := g.desk.DangerousInternals()
	cached, err := internals.GetCachedGroupData(within(t), g.chat(t))
	require.NoError(t, err)
	require.Len(t, cached.Members, 3)
	for i, member := range cached.Members {
		if member == jid(t, g.clinic.LID()) {
			cached.Members = append(cached.Members[:i:i], cached.Members[i+1:]...)
			break
		}
	}
	sent, err := g.desk.sendText(g.chat(t), "who is missing?")
	require.NoError(t, err)
	for device := range uint16(3) {
		g.askedAgain(t, sent.ID, g.clinic, device)
	}
	g.first.awaitText("who is missing?")
	g.second.awaitText("who is missing?")
	cached, err = internals.GetCachedGroupData(within(t), g.chat(t))
	require.NoError(t, err)
	require.Len(t, cached.Members, 3, "the ack said that the list was old")
}

func TestAGroupWhileAway(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	g.school.SetNetwork(false)
	await[*events.Disconnected](g.desk, nil)
	var ids []string
	for range 5 {
		for _, p := range []*wasim.Phone{g.ana, g.clinic} {
			id, err := p.SendText(t.Context(), g.jid, "while away")
			require.NoError(t, err)
			ids = append(ids, id)
		}
		sent, err := g.second.sendText(g.chat(t), "while away")
		require.NoError(t, err)
		ids = append(ids, sent.ID)
	}
	require.NoError(t, g.ana.SetSubject(g.jid, "Crew"))
	g.school.SetNetwork(true)
	g.desk.forget()
	require.NoError(t, g.desk.Connect())
	require.Equal(t, 15, await[*events.OfflineSyncPreview](g.desk, nil).Messages)
	await(g.desk, func(e *events.GroupInfo) bool { return e.Name != nil && e.Name.Name == "Crew" })
	for _, id := range ids {
		g.saw(t, id, "while away", 5)
	}
	require.Equal(t, 15, times(g.desk.texts(), "while away"))
}

func TestFaultsInAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	require.NoError(t, g.s.Inject(wasim.Fault{Kind: wasim.FaultDoubleMessage, Number: g.school.Number(), Count: 1}))
	_, err := g.ana.SendText(t.Context(), g.jid, "double")
	require.NoError(t, err)
	_, err = g.ana.SendText(t.Context(), g.jid, "end")
	require.NoError(t, err)
	g.desk.awaitText("end")
	require.Equal(t, []string{"double", "end"}, g.desk.texts())

	require.NoError(t, g.s.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: g.clinic.Number(), Count: 1}))
	id := g.first.GenerateMessageID()
	send := func(patience time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		_, err := g.first.SendMessage(ctx, g.chat(t), &waE2E.Message{Conversation: proto.String("once")}, whatsmeow.SendRequestExtra{ID: id})
		return err
	}
	require.ErrorIs(t, send(300*time.Millisecond), context.DeadlineExceeded)
	g.desk.awaitText("once")
	waitFor(t, g.s, "acknowledged by all", func() bool {
		return len(g.s.Ledger().Unacknowledged(wasim.Filter{ID: id})) == 0
	})
	require.NoError(t, send(patience))
	_, err = g.ana.SendText(t.Context(), g.jid, "last")
	require.NoError(t, err)
	for _, c := range []*client{g.second, g.desk} {
		c.awaitText("last")
		require.Equal(t, 1, times(c.texts(), "once"))
	}

	require.NoError(t, g.s.Inject(wasim.Fault{Kind: wasim.FaultRejectSend, Number: g.clinic.Number(), Count: 1, Code: 463}))
	_, err = g.first.sendText(g.chat(t), "refused")
	require.ErrorIs(t, err, whatsmeow.ErrServerReturnedError)
	require.Equal(t, 463, lastSubmission(g.s, g.clinic).Rejected)
}

func TestComputersInAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	laptop, err := g.ana.AddComputer("Laptop")
	require.NoError(t, err)
	id, err := laptop.SendText(t.Context(), g.jid, "from a computer")
	require.NoError(t, err)
	g.saw(t, id, "from a computer", 6)
	require.EqualValues(t, 1, g.desk.awaitText("from a computer").Info.Sender.Device)
	sent, err := g.desk.sendText(g.chat(t), "to a computer")
	require.NoError(t, err)
	g.saw(t, sent.ID, "to a computer", 6)
	waitFor(t, g.s, "both shown", func() bool { return len(laptop.Messages(g.jid)) == 2 })
}

func TestAGroupInABubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		chat, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Team", Members: []string{clinic.Number()}})
		require.NoError(t, err)
		time.Sleep(26 * time.Hour)
		sent, err := c.sendText(jid(t, chat), "a day later")
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, "a day later", shownIn(ana, chat, sent.ID).Text)
		info, err := c.GetGroupInfo(within(t), jid(t, chat))
		require.NoError(t, err)
		require.GreaterOrEqual(t, time.Since(info.GroupCreated), 26*time.Hour)
		quietly(c)
	})
}

// What is asked about groups with anything missing, of a wrong type or in a wrong place is refused or ignored.
func TestMalformedGroupStanzas(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	internals := g.desk.DangerousInternals()
	people := []waBinary.Node{
		{Tag: "participant"},
		{Tag: "participant", Attrs: waBinary.Attrs{"jid": "x"}},
		{Tag: "participant", Attrs: waBinary.Attrs{"jid": types.ServerJID}},
		{Tag: "participant", Attrs: waBinary.Attrs{"jid": g.chat(t)}},
	}
	bodies := []any{nil, []byte{0xff, 0xfe}, people, []waBinary.Node{{Tag: "group"}, {Tag: "body"}, {Tag: "approve", Content: people}, {Tag: "add_request"}}}
	asks := []string{
		"participating", "query", "invite", "create", "leave", "accept", "subject", "description", "ephemeral", "not_ephemeral", "add",
		"remove", "promote", "demote", "announcement", "locked", "membership_approval_mode", "member_add_mode", "revoke",
		"membership_approval_requests", "membership_requests_action", "zzz",
	}
	for _, to := range []any{types.GroupServerJID, g.chat(t), types.NewJID("1", types.GroupServer), "x"} {
		for _, kind := range []string{"get", "set"} {
			for _, tag := range asks {
				for _, body := range bodies {
					ask := waBinary.Node{Tag: tag, Attrs: waBinary.Attrs{"expiration": "-1", "code": "x", "prev": "x"}, Content: body}
					require.NoError(t, internals.SendNode(t.Context(), waBinary.Node{Tag: "iq", Content: []waBinary.Node{ask}, Attrs: waBinary.Attrs{
						"id": "hostile", "xmlns": "w:g2", "type": kind, "to": to,
					}}))
				}
			}
		}
	}
	enc := waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"type": "skmsg", "v": "2"}, Content: []byte{1, 2, 3}}
	for i, attrs := range []waBinary.Attrs{
		{}, {"phash": "x"}, {"participant": "x"}, {"participant": types.ServerJID}, {"participant": jid(t, g.ana.LID())}, {"type": "retry"},
	} {
		attrs["to"], attrs["id"] = g.chat(t), "hostile"
		for _, tag := range []string{"message", "receipt", "ack"} {
			for _, content := range []any{nil, []waBinary.Node{enc}, []waBinary.Node{{Tag: "participants", Content: people}, enc, enc}} {
				require.NoError(t, internals.SendNode(t.Context(), waBinary.Node{Tag: tag, Attrs: attrs, Content: content}), i)
			}
		}
	}
	made, err := g.first.CreateGroup(within(t), whatsmeow.ReqCreateGroup{Name: "Still", Participants: []types.JID{jid(t, g.school.LID())}})
	require.NoError(t, err)
	_, err = g.first.sendText(made.JID, "still alive")
	require.NoError(t, err)
	g.desk.awaitText("still alive")
}

func TestTheOwnPhoneHasWhatAGroupMemberCannotSendAgain(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	require.NoError(t, g.s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: g.school.Number()})) // what is sent again too
	id, err := g.ana.SendText(t.Context(), g.jid, "asked of the own phone")
	require.NoError(t, err)
	m := await(g.desk, func(m *events.Message) bool { return m.Info.ID == id && textOf(m) != "" })
	require.NotEmpty(t, m.UnavailableRequestID)
	require.Equal(t, g.chat(t), m.Info.Chat)
	require.Equal(t, jid(t, g.ana.LID()), m.Info.Sender)
	require.Equal(t, "asked of the own phone", textOf(m))
}

func TestACompleteListOfDevicesIsNotQuestioned(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			g := newTeam(t, addressing)
			internals := g.first.DangerousInternals()
			before, err := internals.GetCachedGroupData(within(t), g.chat(t))
			require.NoError(t, err)
			for range 2 {
				_, err = g.first.sendText(g.chat(t), "complete")
				require.NoError(t, err)
			}
			after, err := internals.GetCachedGroupData(within(t), g.chat(t))
			require.NoError(t, err)
			require.Same(t, before, after, "the ack had no phash, which would have emptied the cache")
		})
	}
}

func TestAMemberInstallsAgainAndChangesTheNumber(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			g := newTeam(t, addressing)
			talk := func(text string) {
				t.Helper()
				_, err := g.ana.SendText(t.Context(), g.jid, text)
				require.NoError(t, err)
				for _, c := range g.clients() {
					c.awaitText(text)
				}
				sent, err := g.desk.sendText(g.chat(t), text+"!")
				require.NoError(t, err)
				waitFor(t, g.s, "the answer to "+text, func() bool { return shownIn(g.ana, g.jid, sent.ID).Text == text+"!" })
			}
			talk("before")
			require.NoError(t, g.ana.Reinstall())
			await(g.desk, func(e *events.IdentityChange) bool { return e.JID == jid(t, g.ana.LID()) })
			talk("after")
			require.NoError(t, g.ana.ChangeNumber("+34600000099", true))
			g.changed(func(e *events.GroupInfo) bool {
				return len(e.UnknownChanges) == 1 && e.UnknownChanges[0].Tag == "modify" && e.Sender.User != ""
			})
			talk("with another number")
			require.Equal(t, "+34600000099", g.ana.Messages(g.jid)[0].Author)
		})
	}
}

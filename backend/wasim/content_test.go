package wasim_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// message waits until a message with an id is on a phone and returns it.
func message(t testing.TB, s *wasim.Server, p *wasim.Phone, peer, id string) wasim.ChatMessage {
	t.Helper()
	var found wasim.ChatMessage
	waitFor(t, s, "message "+id, func() bool {
		for _, m := range p.Messages(peer) {
			if m.ID == id {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// awaitID waits until a client has a message with an id, which in a group can be after a key with the same id.
func (c *client) awaitID(id string) *events.Message {
	c.t.Helper()
	return await(c, func(m *events.Message) bool {
		return m.Info.ID == id && m.Message.GetSenderKeyDistributionMessage() == nil
	})
}

// fileOf is the part of a message that can be downloaded, nil when there is none.
func fileOf(m *waE2E.Message) whatsmeow.DownloadableMessage {
	switch {
	case m.GetImageMessage() != nil:
		return m.GetImageMessage()
	case m.GetVideoMessage() != nil:
		return m.GetVideoMessage()
	case m.GetPtvMessage() != nil:
		return m.GetPtvMessage()
	case m.GetAudioMessage() != nil:
		return m.GetAudioMessage()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage()
	case m.GetStickerMessage() != nil:
		return m.GetStickerMessage()
	default:
		return nil
	}
}

// handClock is a clock that a test moves.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func newHandClock() *handClock { return &handClock{now: time.Now()} }

// Now is what the clock shows.
func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// drafts are messages of every kind that a phone can write.
func drafts(answered string) map[string]wasim.Draft {
	return map[string]wasim.Draft{
		"text":          {Text: "plain"},
		"preview":       {Text: "see https://example.org/a", Preview: &wasim.LinkPreview{URL: "https://example.org/a", Title: "A page"}},
		"reply":         {Text: "yes", Reply: answered},
		"mention":       {Text: "ask @34600000013", Mentions: []string{"+34600000013"}},
		"forwarded":     {Text: "pass it on", Forwarded: 5},
		"disappearing":  {Text: "soon gone", Expiration: 86400},
		"image":         {Kind: wasim.KindImage, Text: "a view"},
		"image reply":   {Kind: wasim.KindImage, Reply: answered, Forwarded: 1},
		"view once":     {Kind: wasim.KindImage, ViewOnce: true},
		"video":         {Kind: wasim.KindVideo, Text: "moving"},
		"gif":           {Kind: wasim.KindGIF},
		"video note":    {Kind: wasim.KindVideoNote},
		"audio":         {Kind: wasim.KindAudio},
		"voice":         {Kind: wasim.KindVoice},
		"voice once":    {Kind: wasim.KindVoice, ViewOnce: true},
		"document":      {Kind: wasim.KindDocument},
		"titled":        {Kind: wasim.KindDocument, Text: "the invoice"},
		"sticker":       {Kind: wasim.KindSticker},
		"location":      {Kind: wasim.KindLocation, Place: &wasim.Place{Latitude: 40.4168, Longitude: -3.7038, Name: "Sol"}},
		"live location": {Kind: wasim.KindLiveLocation, Place: &wasim.Place{Latitude: 40.4, Longitude: -3.7, Sequence: 3}},
		"contact":       {Kind: wasim.KindContact, Cards: []wasim.Card{{Name: "Luis", Number: "+34600000055"}}},
		"contacts": {Kind: wasim.KindContacts, Cards: []wasim.Card{
			{Name: "Luis", Number: "+34600000055"}, {Name: "Eva", Number: "+34600000056"},
		}},
		"poll":         {Kind: wasim.KindPoll, Text: "when?", Options: []string{"Monday", "Friday"}, Selectable: 1},
		"group invite": {Kind: wasim.KindGroupInvite, Text: "join us", Invite: &wasim.GroupInvite{Group: "120363000000000001@g.us", Name: "Team", Code: "abc"}},
	}
}

func TestEveryKindFromAPhone(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	answered, err := clinic.SendText(t.Context(), ana.Number(), "a question")
	require.NoError(t, err)
	message(t, s, ana, clinic.Number(), answered)
	for name, draft := range drafts(answered) {
		t.Run(name, func(t *testing.T) {
			id, err := ana.Write(t.Context(), clinic.Number(), draft)
			require.NoError(t, err)
			shown := message(t, s, clinic, ana.Number(), id)
			own := message(t, s, ana, clinic.Number(), id)
			require.Equal(t, own.Content, shown.Content, "both phones show the same")
			want := draft.Kind
			if want == "" {
				want = wasim.KindText
			}
			require.Equal(t, want, shown.Kind)
			require.Equal(t, draft.Text, shown.Text)
			require.Equal(t, draft.Reply, shown.Quoted)
			require.Equal(t, draft.Forwarded, shown.Forwarded)
			require.Equal(t, draft.Expiration, shown.Expiration)
			require.Equal(t, draft.ViewOnce, shown.ViewOnce)
			require.Len(t, shown.Mentions, len(draft.Mentions))

			m := c.awaitID(id)
			require.Equal(t, draft.Expiration > 0, m.IsEphemeral)
			require.Equal(t, draft.ViewOnce, m.IsViewOnce)
			if shown.Media == nil {
				return
			}
			require.True(t, shown.Media.Fetched, shown.Media.Problem)
			received, err := c.Download(within(t), fileOf(m.Message))
			require.NoError(t, err)
			kept, err := clinic.File(ana.Number(), id)
			require.NoError(t, err)
			require.Equal(t, kept, received)
			require.EqualValues(t, len(received), shown.Media.Size)
		})
	}
}

func TestWhatAPhoneWritesIsWhatTheClientReads(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	question, err := clinic.SendText(t.Context(), ana.Number(), "a question")
	require.NoError(t, err)
	message(t, s, ana, clinic.Number(), question)
	all := drafts(question)
	get := func(name string) (*waE2E.Message, types.MessageInfo) {
		id, err := ana.Write(t.Context(), clinic.Number(), all[name])
		require.NoError(t, err)
		m := c.awaitID(id)
		return m.Message, m.Info
	}
	m, info := get("preview")
	require.Equal(t, "A page", m.GetExtendedTextMessage().GetTitle())
	require.Equal(t, "url", info.MediaType)
	m, _ = get("reply")
	about := m.GetExtendedTextMessage().GetContextInfo()
	require.Equal(t, question, about.GetStanzaID())
	require.Equal(t, clinic.LID(), about.GetParticipant())
	require.Equal(t, "a question", about.GetQuotedMessage().GetConversation())
	m, _ = get("mention")
	require.Equal(t, []string{clinic.LID()}, m.GetExtendedTextMessage().GetContextInfo().GetMentionedJID())
	m, info = get("voice")
	require.True(t, m.GetAudioMessage().GetPTT())
	require.Len(t, m.GetAudioMessage().GetWaveform(), 64)
	require.NotZero(t, m.GetAudioMessage().GetSeconds())
	require.Equal(t, "media", info.Type)
	require.Equal(t, "ptt", info.MediaType)
	m, _ = get("image")
	require.EqualValues(t, 640, m.GetImageMessage().GetWidth())
	require.NotEmpty(t, m.GetImageMessage().GetJPEGThumbnail())
	m, _ = get("video")
	require.Len(t, m.GetVideoMessage().GetStreamingSidecar(), 10)
	_, info = get("gif")
	require.Equal(t, "gif", info.MediaType)
	m, info = get("contacts")
	require.Contains(t, m.GetContactsArrayMessage().GetContacts()[1].GetVcard(), "waid=34600000056:+34600000056")
	require.Equal(t, "contact_array", info.MediaType)
	m, info = get("poll")
	require.Equal(t, "when?", m.GetPollCreationMessageV3().GetName())
	require.Equal(t, "poll", info.Type)
	require.Len(t, m.GetMessageContextInfo().GetMessageSecret(), 32)
	_, info = get("location")
	require.Equal(t, "location", info.MediaType)
}

func TestDraftsThatCannotBeWritten(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	ana, ben := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	for name, c := range map[string]struct {
		draft wasim.Draft
		want  error
	}{
		"no text":            {wasim.Draft{}, wasim.ErrEmptyText},
		"unknown kind":       {wasim.Draft{Kind: "song"}, wasim.ErrBadDraft},
		"one option":         {wasim.Draft{Kind: wasim.KindPoll, Text: "?", Options: []string{"a"}}, wasim.ErrBadDraft},
		"no place":           {wasim.Draft{Kind: wasim.KindLocation}, wasim.ErrBadDraft},
		"two cards in one":   {wasim.Draft{Kind: wasim.KindContact, Cards: make([]wasim.Card, 2)}, wasim.ErrBadDraft},
		"caption on a voice": {wasim.Draft{Kind: wasim.KindVoice, Text: "listen"}, wasim.ErrBadDraft},
		"document once":      {wasim.Draft{Kind: wasim.KindDocument, ViewOnce: true}, wasim.ErrBadDraft},
		"not a picture":      {wasim.Draft{Kind: wasim.KindImage, File: &wasim.File{Data: []byte("text")}}, wasim.ErrBadDraft},
		"unknown reply":      {wasim.Draft{Text: "yes", Reply: "NOTHING"}, wasim.ErrUnknownMessage},
		"unknown mention":    {wasim.Draft{Text: "hi", Mentions: []string{"+34699999999"}}, wasim.ErrUnknownNumber},
		"raw garbage":        {wasim.Draft{Kind: wasim.KindUnknown, Raw: []byte{0xff}}, wasim.ErrBadDraft},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ana.Write(t.Context(), ben.Number(), c.draft)
			require.ErrorIs(t, err, c.want)
		})
	}
	require.Empty(t, ana.Messages(ben.Number()))
}

func TestUnknownKindsAreKept(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	raw, err := proto.Marshal(&waE2E.Message{OrderMessage: &waE2E.OrderMessage{OrderID: proto.String("7")}})
	require.NoError(t, err)
	id, err := ana.Write(t.Context(), clinic.Number(), wasim.Draft{Kind: wasim.KindUnknown, Raw: raw})
	require.NoError(t, err)
	require.Equal(t, "7", c.awaitID(id).Message.GetOrderMessage().GetOrderID())
	shown := message(t, s, clinic, ana.Number(), id)
	require.Equal(t, wasim.KindUnknown, shown.Kind)
	require.Equal(t, "orderMessage", shown.Type)
}

// uploaded makes a message with a file as an application does with the client library.
func uploaded(t testing.TB, c *client, kind whatsmeow.MediaType, file []byte, compose func(whatsmeow.UploadResponse) *waE2E.Message) *waE2E.Message {
	t.Helper()
	up, err := c.Upload(within(t), file, kind)
	require.NoError(t, err)
	require.Contains(t, up.URL, up.DirectPath)
	return compose(up)
}

func TestEveryKindFromALinkedDevice(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	file := []byte("the bytes of some file, opaque to everyone but its reader")
	quoting := &waE2E.ContextInfo{
		StanzaID: proto.String("ABC"), Participant: proto.String(ana.LID()), QuotedMessage: &waE2E.Message{Conversation: proto.String("?")},
		IsForwarded: proto.Bool(true), ForwardingScore: proto.Uint32(2), MentionedJID: []string{ana.LID()},
	}
	image := func(u whatsmeow.UploadResponse) *waE2E.ImageMessage {
		return &waE2E.ImageMessage{
			Caption: proto.String("a view"), Mimetype: proto.String("image/jpeg"), URL: &u.URL, DirectPath: &u.DirectPath, MediaKey: u.MediaKey,
			FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
		}
	}
	video := func(u whatsmeow.UploadResponse) *waE2E.VideoMessage {
		return &waE2E.VideoMessage{
			Mimetype: proto.String("video/mp4"), URL: &u.URL, DirectPath: &u.DirectPath, MediaKey: u.MediaKey,
			FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
		}
	}
	for name, test := range map[string]struct {
		message *waE2E.Message
		kind    wasim.Kind
		text    string
		check   func(t *testing.T, m wasim.ChatMessage)
	}{
		"text": {message: &waE2E.Message{Conversation: proto.String("hola")}, kind: wasim.KindText, text: "hola"},
		"reply": {
			message: &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("yes"), ContextInfo: quoting}},
			kind:    wasim.KindText, text: "yes",
			check: func(t *testing.T, m wasim.ChatMessage) {
				require.Equal(t, "ABC", m.Quoted)
				require.EqualValues(t, 2, m.Forwarded)
				require.Equal(t, []string{ana.LID()}, m.Mentions)
			},
		},
		"disappearing": {
			message: &waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
				ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("soon gone"), ContextInfo: &waE2E.ContextInfo{Expiration: proto.Uint32(604800)}},
			}}},
			kind: wasim.KindText, text: "soon gone",
			check: func(t *testing.T, m wasim.ChatMessage) { require.EqualValues(t, 604800, m.Expiration) },
		},
		"image": {
			message: uploaded(t, c, whatsmeow.MediaImage, file, func(u whatsmeow.UploadResponse) *waE2E.Message { return &waE2E.Message{ImageMessage: image(u)} }),
			kind:    wasim.KindImage, text: "a view",
		},
		"view once": {
			message: uploaded(t, c, whatsmeow.MediaImage, file, func(u whatsmeow.UploadResponse) *waE2E.Message {
				return &waE2E.Message{ViewOnceMessageV2: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: image(u)}}}
			}),
			kind: wasim.KindImage, text: "a view",
			check: func(t *testing.T, m wasim.ChatMessage) { require.True(t, m.ViewOnce) },
		},
		"video": {
			message: uploaded(t, c, whatsmeow.MediaVideo, file, func(u whatsmeow.UploadResponse) *waE2E.Message { return &waE2E.Message{VideoMessage: video(u)} }),
			kind:    wasim.KindVideo,
		},
		"video note": {
			message: uploaded(t, c, whatsmeow.MediaVideo, file, func(u whatsmeow.UploadResponse) *waE2E.Message { return &waE2E.Message{PtvMessage: video(u)} }),
			kind:    wasim.KindVideoNote,
		},
		"voice": {
			message: uploaded(t, c, whatsmeow.MediaAudio, file, func(u whatsmeow.UploadResponse) *waE2E.Message {
				return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
					PTT: proto.Bool(true), Seconds: proto.Uint32(4), Mimetype: proto.String("audio/ogg; codecs=opus"), Waveform: []byte{1, 2}, URL: &u.URL,
					DirectPath: &u.DirectPath, MediaKey: u.MediaKey, FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
				}}
			}),
			kind: wasim.KindVoice,
			check: func(t *testing.T, m wasim.ChatMessage) {
				require.EqualValues(t, 4, m.Media.Seconds)
				require.Equal(t, []byte{1, 2}, m.Media.Waveform)
			},
		},
		"document": {
			message: uploaded(t, c, whatsmeow.MediaDocument, file, func(u whatsmeow.UploadResponse) *waE2E.Message {
				return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
					FileName: proto.String("bill.pdf"), Caption: proto.String("the bill"), Mimetype: proto.String("application/pdf"), URL: &u.URL,
					DirectPath: &u.DirectPath, MediaKey: u.MediaKey, FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
				}}}}
			}),
			kind: wasim.KindDocument, text: "the bill",
			check: func(t *testing.T, m wasim.ChatMessage) { require.Equal(t, "bill.pdf", m.Media.FileName) },
		},
		"sticker": {
			message: uploaded(t, c, whatsmeow.MediaImage, file, func(u whatsmeow.UploadResponse) *waE2E.Message {
				return &waE2E.Message{StickerMessage: &waE2E.StickerMessage{
					Mimetype: proto.String("image/webp"), URL: &u.URL, DirectPath: &u.DirectPath, MediaKey: u.MediaKey,
					FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
				}}
			}),
			kind: wasim.KindSticker,
		},
		"location": {
			message: &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(1), DegreesLongitude: proto.Float64(2), Name: proto.String("here")}},
			kind:    wasim.KindLocation,
			check: func(t *testing.T, m wasim.ChatMessage) {
				require.Equal(t, &wasim.Place{Latitude: 1, Longitude: 2, Name: "here"}, m.Place)
			},
		},
		"contact": {
			message: &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String("Eva"), Vcard: proto.String("BEGIN:VCARD")}},
			kind:    wasim.KindContact,
			check: func(t *testing.T, m wasim.ChatMessage) {
				require.Equal(t, []wasim.Card{{Name: "Eva", VCard: "BEGIN:VCARD"}}, m.Cards)
			},
		},
		"poll": {
			message: c.BuildPollCreation("tea?", []string{"yes", "no"}, 1), kind: wasim.KindPoll, text: "tea?",
			check: func(t *testing.T, m wasim.ChatMessage) { require.Equal(t, []string{"yes", "no"}, m.Poll.Options) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			sent, err := c.SendMessage(within(t), jid(t, ana.LID()), test.message)
			require.NoError(t, err)
			for p, peer := range map[*wasim.Phone]string{ana: clinic.Number(), clinic: ana.Number()} {
				m := message(t, s, p, peer, sent.ID)
				require.Equal(t, test.kind, m.Kind)
				require.Equal(t, test.text, m.Text)
				if test.check != nil {
					test.check(t, m)
				}
				if m.Media != nil {
					require.True(t, m.Media.Fetched, m.Media.Problem)
					kept, err := p.File(peer, sent.ID)
					require.NoError(t, err)
					require.Equal(t, file, kept)
				}
			}
		})
	}
}

func TestViewOnceIsWithheld(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultWithholdViewOnce, Number: clinic.Number(), Count: 1}))
	id, err := ana.Write(t.Context(), clinic.Number(), wasim.Draft{Kind: wasim.KindImage, ViewOnce: true})
	require.NoError(t, err)
	withheld := await(c, func(m *events.UndecryptableMessage) bool { return m.Info.ID == id })
	require.True(t, withheld.IsUnavailable)
	require.Equal(t, events.UnavailableTypeViewOnce, withheld.UnavailableType)
	require.True(t, message(t, s, clinic, ana.Number(), id).ViewOnce, "the phone has it")
	_, err = ana.SendText(t.Context(), clinic.Number(), "did you see?")
	require.NoError(t, err)
	c.awaitText("did you see?")
	waitFor(t, s, "all acknowledged", func() bool {
		return len(s.Ledger().Unacknowledged(wasim.Filter{To: clinic.Number(), LinkedOnly: true})) == 0
	})
	for _, m := range all[*events.Message](c) {
		require.NotEqual(t, id, m.Info.ID, "the phone does not give it away")
	}
}

func TestMessagesDisappear(t *testing.T) {
	clock := newHandClock()
	s := newServer(t, wasim.Options{Seed: 1, Now: clock.Now})
	ana, ben := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	_, err := ana.Write(t.Context(), ben.Number(), wasim.Draft{Text: "soon gone", Expiration: 60})
	require.NoError(t, err)
	_, err = ana.SendText(t.Context(), ben.Number(), "stays")
	require.NoError(t, err)
	waitFor(t, s, "both texts", func() bool { return len(ben.Messages(ana.Number())) == 2 })
	clock.advance(time.Minute)
	for p, peer := range map[*wasim.Phone]string{ana: ben.Number(), ben: ana.Number()} {
		require.Len(t, p.Messages(peer), 1)
		require.Equal(t, "stays", p.Messages(peer)[0].Text)
	}
}

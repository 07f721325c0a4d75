package convert_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

var (
	fileKey  = bytes.Repeat([]byte{7}, 32)
	pictured = []byte("\xff\xd8 a small picture")
)

// answering is the context of a message that answers one of ours, names Ana and was forwarded often.
func answering() *waE2E.ContextInfo {
	return &waE2E.ContextInfo{
		StanzaID: proto.String("3EB0BB"), Participant: proto.String(ownLID.String()),
		QuotedMessage: &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("the menu"), JPEGThumbnail: pictured}},
		MentionedJID:  []string{anaLID.String(), "nobody", group.String()}, ForwardingScore: proto.Uint32(7), IsForwarded: proto.Bool(true),
		Expiration: proto.Uint32(86400),
	}
}

func imageMessage() *waE2E.ImageMessage {
	return &waE2E.ImageMessage{
		Caption: proto.String("the terrace"), Mimetype: proto.String("image/jpeg"), FileLength: proto.Uint64(81_234), Width: proto.Uint32(1280),
		Height: proto.Uint32(960), DirectPath: proto.String("/v/t62.7118-24/x"), MediaKey: fileKey, FileSHA256: fileKey, FileEncSHA256: fileKey,
		JPEGThumbnail: pictured,
	}
}

func videoMessage(gif bool) *waE2E.VideoMessage {
	return &waE2E.VideoMessage{
		Mimetype: proto.String("video/mp4"), Seconds: proto.Uint32(12), GifPlayback: proto.Bool(gif), Width: proto.Uint32(640),
		Height: proto.Uint32(360), JPEGThumbnail: pictured, MediaKey: fileKey,
	}
}

func pollMessage() *waE2E.PollCreationMessage {
	return &waE2E.PollCreationMessage{
		Name: proto.String("Which day?"), SelectableOptionsCount: proto.Uint32(1),
		Options: []*waE2E.PollCreationMessage_Option{{OptionName: proto.String("Monday")}, {OptionName: proto.String("Friday")}},
	}
}

const carla = "BEGIN:VCARD\nVERSION:3.0\nN:;Carla;;;\nFN:Carla Ruiz\nitem1.TEL;waid=34600000031:+34 600 000 031\nTEL;TYPE=WORK:+34 91 \n 0000000\nEND:VCARD"

func TestEveryKind(t *testing.T) {
	voice := &waE2E.AudioMessage{PTT: proto.Bool(true), Seconds: proto.Uint32(9), Mimetype: proto.String("audio/ogg; codecs=opus"), Waveform: []byte{0, 50, 255}}
	for name, m := range map[string]*waE2E.Message{
		"kind_text_reply": {ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("yes, @100000000000027"), ContextInfo: answering()}},
		"kind_text_preview": {ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("see https://example.com/menu"), MatchedText: proto.String("https://example.com/menu"), Title: proto.String("Menu"),
			Description: proto.String("What we cook"), JPEGThumbnail: pictured,
		}},
		"kind_image":      {ImageMessage: imageMessage()},
		"kind_video":      {VideoMessage: videoMessage(false)},
		"kind_gif":        {VideoMessage: videoMessage(true)},
		"kind_video_note": {PtvMessage: videoMessage(false)},
		"kind_voice":      {AudioMessage: voice},
		"kind_document": {DocumentMessage: &waE2E.DocumentMessage{
			FileName: proto.String("../../offers/May.pdf"), Mimetype: proto.String("application/pdf"), PageCount: proto.Uint32(3), FileLength: proto.Uint64(1 << 20),
		}},
		"kind_sticker":          {LottieStickerMessage: wrapped(&waE2E.Message{StickerMessage: &waE2E.StickerMessage{IsLottie: proto.Bool(true), PngThumbnail: pictured}})},
		"kind_location":         {LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(39.57), DegreesLongitude: proto.Float64(2.65), Name: proto.String("Hotel Miramar"), Address: proto.String("Calle Mayor 1")}},
		"kind_location_nowhere": {LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(math.NaN()), DegreesLongitude: proto.Float64(999)}},
		"kind_live_location": {LiveLocationMessage: &waE2E.LiveLocationMessage{
			DegreesLatitude: proto.Float64(-39.57), DegreesLongitude: proto.Float64(2.65), AccuracyInMeters: proto.Uint32(12), Caption: proto.String("on my way"),
			SequenceNumber: proto.Int64(4),
		}},
		"kind_contact": {ContactMessage: &waE2E.ContactMessage{Vcard: proto.String(carla)}},
		"kind_contacts": {ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{
			{DisplayName: proto.String("Carla"), Vcard: proto.String(carla)}, {DisplayName: proto.String("Luis"), Vcard: proto.String("no card")},
		}}},
		"kind_poll":    {PollCreationMessageV3: pollMessage()},
		"kind_poll_v4": {PollCreationMessageV4: wrapped(&waE2E.Message{PollCreationMessage: pollMessage()})},
		"kind_event": {EventMessage: &waE2E.EventMessage{
			Name: proto.String("Tasting"), Description: proto.String("Six wines"), StartTime: proto.Int64(at.Unix()), EndTime: proto.Int64(at.UnixMilli()),
			Location: &waE2E.LocationMessage{Name: proto.String("Cellar")}, JoinLink: proto.String("https://call.whatsapp.com/video/x"),
		}},
		"kind_invite": {GroupInviteMessage: &waE2E.GroupInviteMessage{
			GroupJID: proto.String(group.String()), GroupName: proto.String("Suppliers"), InviteCode: proto.String("secret"), InviteExpiration: proto.Int64(at.Unix()),
		}},
		"kind_call":      {CallLogMesssage: &waE2E.CallLogMessage{IsVideo: proto.Bool(true), CallOutcome: waE2E.CallLogMessage_MISSED.Enum()}},
		"kind_timer":     {ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum(), EphemeralExpiration: proto.Uint32(604800)}},
		"kind_pinned":    {PinInChatMessage: &waE2E.PinInChatMessage{Key: &waCommon.MessageKey{ID: proto.String("3EB0BB")}, Type: waE2E.PinInChatMessage_PIN_FOR_ALL.Enum()}},
		"kind_template":  {TemplateMessage: &waE2E.TemplateMessage{HydratedTemplate: &waE2E.TemplateMessage_HydratedFourRowTemplate{HydratedContentText: proto.String("Your code is 123")}}},
		"kind_button":    {ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Yes, please"}}},
		"kind_album":     {AlbumMessage: &waE2E.AlbumMessage{ExpectedImageCount: proto.Uint32(4)}},
		"kind_once":      {ViewOnceMessageV2: wrapped(&waE2E.Message{ImageMessage: imageMessage()})},
		"kind_once_flag": {AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true), ViewOnce: proto.Bool(true), MediaKey: fileKey}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, convert.Message(message(from(), m), convert.Opened{}, own)) })
	}
}

func TestWhatOpensOnceIsNotKept(t *testing.T) {
	for _, m := range []*waE2E.Message{
		{ViewOnceMessageV2: wrapped(&waE2E.Message{ImageMessage: imageMessage()})},
		{EphemeralMessage: wrapped(&waE2E.Message{ViewOnceMessage: wrapped(&waE2E.Message{VideoMessage: videoMessage(false)})})},
		{ViewOnceMessageV2Extension: wrapped(&waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true), MediaKey: fileKey}})},
	} {
		got := convert.Message(message(from(), m), convert.Opened{}, own)[0].Message
		require.True(t, got.Content.Once)
		require.Nil(t, got.Content.File)
		require.Empty(t, got.Content.Thumbnail)
		require.Empty(t, got.Raw)
		require.Empty(t, got.Text)
	}
	info := message(from(), nil).Info
	withheld := convert.Undecryptable(&events.UndecryptableMessage{Info: info, UnavailableType: events.UnavailableTypeViewOnce}, own)
	require.True(t, withheld[0].Message.Content.Once)
}

func TestHostileContentIsBounded(t *testing.T) {
	long := strings.Repeat("ñ\x00", 64<<10)
	many := make([]*waE2E.PollCreationMessage_Option, 5000)
	people := make([]string, 5000)
	contacts := make([]*waE2E.ContactMessage, 5000)
	for i := range many {
		many[i], people[i] = &waE2E.PollCreationMessage_Option{OptionName: proto.String("one more")}, anaLID.String()
		contacts[i] = &waE2E.ContactMessage{DisplayName: proto.String("one more"), Vcard: proto.String("x")}
	}
	many[0].OptionName, contacts[2].DisplayName = &long, &long
	contacts[0].Vcard = proto.String("BEGIN:VCARD\n" + strings.Repeat("TEL:+1\n", 9000) + "END:VCARD")
	contacts[1].Vcard = proto.String("BEGIN:VCARD\nTEL:" + strings.Repeat("1\n ", 20_000) + "\nEND:VCARD")
	big := bytes.Repeat([]byte{1}, domain.MaxThumbnailBytes+1)
	about := &waE2E.ContextInfo{
		StanzaID: &long, Participant: &long, MentionedJID: people, ForwardingScore: proto.Uint32(math.MaxUint32), Expiration: proto.Uint32(math.MaxUint32),
		QuotedMessage: &waE2E.Message{Conversation: &long},
	}
	for name, m := range map[string]*waE2E.Message{
		"text": {ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: &long, MatchedText: &long, Title: &long, Description: &long, JPEGThumbnail: big, ContextInfo: about}},
		"voice": {AudioMessage: &waE2E.AudioMessage{
			PTT: proto.Bool(true), Waveform: big, Mimetype: &long, FileLength: proto.Uint64(math.MaxUint64), MediaKey: big, FileSHA256: big, DirectPath: &long,
			Seconds: proto.Uint32(math.MaxUint32),
		}},
		"document": {DocumentMessage: &waE2E.DocumentMessage{FileName: &long, PageCount: proto.Uint32(math.MaxUint32), JPEGThumbnail: big}},
		"place":    {LocationMessage: &waE2E.LocationMessage{Name: &long, Address: &long, Comment: &long, JPEGThumbnail: big}},
		"poll":     {PollCreationMessage: &waE2E.PollCreationMessage{Name: &long, Options: many}},
		"event":    {EventMessage: &waE2E.EventMessage{Name: &long, Description: &long, StartTime: proto.Int64(math.MaxInt64), EndTime: proto.Int64(-5)}},
		"cards":    {ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: contacts}},
	} {
		t.Run(name, func(t *testing.T) {
			in := convert.Message(message(from(), m), convert.Opened{}, own)
			require.Len(t, in, 1)
			requireBounded(t, in[0].Message)
		})
	}
}

// requireBounded checks what holds for a message from anybody.
func requireBounded(t *testing.T, m *domain.InboundMessage) {
	t.Helper()
	requireText(t, m.Text, domain.MaxTextBytes)
	c := m.Content
	if c == nil {
		return
	}
	require.False(t, c.Empty())
	require.LessOrEqual(t, len(c.Thumbnail), domain.MaxThumbnailBytes)
	require.LessOrEqual(t, len(c.Mentions), domain.MaxMentions)
	require.GreaterOrEqual(t, c.Forwarded, 0)
	requireText(t, c.Unknown, 100)
	if c.Reply != nil {
		requireText(t, c.Reply.Text, 4*domain.MaxExcerptRunes)
		requireText(t, c.Reply.WAID, domain.MaxLabelBytes)
	}
	if c.Preview != nil {
		requireText(t, c.Preview.URL, domain.MaxLinkBytes)
		requireText(t, c.Preview.Title+c.Preview.Description, 2*domain.MaxLabelBytes)
	}
	if f := c.File; f != nil {
		requireText(t, f.MIME+f.Name, 2*domain.MaxLabelBytes)
		requireText(t, f.Key.DirectPath, domain.MaxLinkBytes)
		require.NotContains(t, f.Name, "/")
		require.LessOrEqual(t, len(f.Waveform), domain.MaxWaveform)
		require.LessOrEqual(t, len(f.Key.MediaKey)+len(f.Key.SHA256)+len(f.Key.EncSHA256), 96)
		require.GreaterOrEqual(t, min(f.Size, int64(f.Seconds), int64(f.Width), int64(f.Height), int64(f.Pages)), int64(0))
	}
	if p := c.Place; p != nil {
		requireText(t, p.Name+p.Address, 2*domain.MaxLabelBytes)
		require.LessOrEqual(t, math.Abs(p.Latitude), 90.0)
		require.LessOrEqual(t, math.Abs(p.Longitude), 180.0)
	}
	require.LessOrEqual(t, len(c.Cards), domain.MaxCards)
	for _, card := range c.Cards {
		requireText(t, card.Name+strings.Join(card.Numbers, ""), 21*domain.MaxLabelBytes)
		requireText(t, card.VCard, domain.MaxCardBytes)
	}
	if c.Poll != nil {
		require.LessOrEqual(t, len(c.Poll.Options), domain.MaxOptions)
		requireText(t, strings.Join(c.Poll.Options, ""), domain.MaxOptions*domain.MaxLabelBytes)
	}
	if c.Event != nil {
		requireText(t, c.Event.Place+c.Event.Link, domain.MaxLabelBytes+domain.MaxLinkBytes)
		require.Less(t, max(c.Event.Starts.Year(), c.Event.Ends.Year()), 10000)
	}
	if c.Notice != nil {
		requireText(t, c.Notice.Text+c.Notice.Target, 3*domain.MaxLabelBytes)
	}
}

// requireText checks that a text can be kept and shown.
func requireText(t *testing.T, text string, most int) {
	t.Helper()
	require.LessOrEqual(t, len(text), most)
	require.True(t, utf8.ValidString(text))
	require.NotContains(t, text, "\x00")
}

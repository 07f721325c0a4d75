package wasim_test

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// photo is a small JPEG.
func photo(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 200, 300)), nil))
	return out.Bytes()
}

// download gets what a URL of the simulator leads to.
func download(t testing.TB, s *wasim.Server, url string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := s.TCPClient().Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return body
}

func TestPicturesOfPeople(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	anaJID := jid(t, ana.LID())
	_, err := ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	c.awaitText("hola")
	_, err = c.GetProfilePictureInfo(within(t), anaJID, nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureNotSet)
	require.ErrorIs(t, ana.SetPicture(t.Context(), []byte("not a picture")), wasim.ErrBadPicture)

	require.NoError(t, ana.SetPicture(t.Context(), photo(t)))
	news := await(c, func(p *events.Picture) bool { return p.JID == anaJID })
	require.Equal(t, ana.PictureID(), news.PictureID)
	require.False(t, news.Remove)
	full, err := c.GetProfilePictureInfo(within(t), anaJID, nil)
	require.NoError(t, err)
	require.Equal(t, ana.PictureID(), full.ID)
	require.Equal(t, "image", full.Type)
	require.Equal(t, photo(t), download(t, s, full.URL))
	sum := sha256.Sum256(photo(t))
	require.Equal(t, sum[:], full.Hash)
	small, err := c.GetProfilePictureInfo(within(t), jid(t, ana.JID()), &whatsmeow.GetProfilePictureParams{Preview: true})
	require.NoError(t, err)
	preview, err := jpeg.DecodeConfig(bytes.NewReader(download(t, s, small.URL)))
	require.NoError(t, err)
	require.Equal(t, 96, preview.Width)
	unchanged, err := c.GetProfilePictureInfo(within(t), anaJID, &whatsmeow.GetProfilePictureParams{ExistingID: full.ID})
	require.NoError(t, err)
	require.Nil(t, unchanged)
	info, err := c.GetUserInfo(within(t), []types.JID{anaJID})
	require.NoError(t, err)
	require.Equal(t, full.ID, info[anaJID].PictureID)

	require.NoError(t, ana.SetPrivacy(t.Context(), "profile", "none"))
	_, err = c.GetProfilePictureInfo(within(t), anaJID, nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureUnauthorized)
	require.NoError(t, ana.SetPrivacy(t.Context(), "profile", "contacts"))
	_, err = c.GetProfilePictureInfo(within(t), anaJID, nil)
	require.NoError(t, err, "Ana wrote to the clinic, which proves with a token that they know each other")

	require.NoError(t, ana.SetPicture(t.Context(), nil))
	await(c, func(p *events.Picture) bool { return p.JID == anaJID && p.Remove })
}

func TestOwnPictureOverTheClient(t *testing.T) {
	s, clinic, c := linked(t)
	other := newClient(t, s, filepath.Join(t.TempDir(), "other.db"))
	require.True(t, other.link(clinic).Linked)
	id, err := c.SetGroupPhoto(within(t), types.EmptyJID, photo(t))
	require.NoError(t, err)
	require.Equal(t, clinic.PictureID(), id)
	await(other, func(p *events.Picture) bool { return p.JID.User == clinic.Number()[1:] })
	_, err = c.SetGroupPhoto(within(t), types.EmptyJID, []byte("not a picture"))
	require.ErrorIs(t, err, whatsmeow.ErrInvalidImageFormat)
	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err = c.SetGroupPhoto(within(t), jid(t, ana.LID()), photo(t))
	require.ErrorIs(t, err, whatsmeow.ErrIQForbidden)
	_, err = c.SetGroupPhoto(within(t), types.EmptyJID, nil)
	require.NoError(t, err)
	require.Empty(t, clinic.PictureID())
}

func TestAvatarsAreDrawnWhenSomeoneLooks(t *testing.T) {
	s, _, c := linked(t)
	pictures := make(map[string]string)
	for i, name := range []string{"Ana", "Ana", "Bruno"} {
		p, err := s.NewPhone(wasim.PhoneOptions{Number: "+3460000002" + string(rune('1'+i)), Avatar: name})
		require.NoError(t, err)
		info, err := c.GetProfilePictureInfo(within(t), jid(t, p.LID()), nil)
		require.NoError(t, err)
		raw := download(t, s, info.URL)
		config, err := jpeg.DecodeConfig(bytes.NewReader(raw))
		require.NoError(t, err)
		require.Equal(t, 640, config.Width)
		require.Less(t, len(raw), 64<<10)
		if drawn, again := pictures[name]; again {
			require.Equal(t, drawn, string(raw))
		}
		pictures[name] = string(raw)
	}
	require.NotEqual(t, pictures["Ana"], pictures["Bruno"])
}

func TestAbout(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	anaJID := jid(t, ana.LID())
	_, err := ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	c.awaitText("hola")
	require.NoError(t, ana.SetAbout(t.Context(), "on holiday"))
	news := await(c, func(a *events.UserAbout) bool { return a.Status == "on holiday" })
	require.Equal(t, anaJID, news.JID)
	info, err := c.GetUserInfo(within(t), []types.JID{anaJID})
	require.NoError(t, err)
	require.Equal(t, "on holiday", info[anaJID].Status)
	require.NoError(t, ana.SetPrivacy(t.Context(), "status", "none"))
	info, err = c.GetUserInfo(within(t), []types.JID{anaJID})
	require.NoError(t, err)
	require.Empty(t, info[anaJID].Status)

	require.NoError(t, c.SetStatusMessage(within(t), types.SetStatusInput{Text: proto.String("open until 8")}))
	require.Equal(t, "open until 8", clinic.About())
}

func TestBusinessProfile(t *testing.T) {
	s, clinic, c := linked(t)
	shop, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000022", Name: "Marta", BusinessName: "Bike Shop", Business: &wasim.BusinessProfile{
		Address: "Calle Mayor 1", Email: "shop@example.com", Category: "Bicycles", Timezone: "Europe/Madrid",
		Hours: []wasim.BusinessHours{{Day: "mon", Open: 540, Close: 1080}},
	}})
	require.NoError(t, err)
	shopJID := jid(t, shop.LID())
	profile, err := c.GetBusinessProfile(within(t), shopJID)
	require.NoError(t, err)
	require.Equal(t, "Calle Mayor 1", profile.Address)
	require.Equal(t, "shop@example.com", profile.Email)
	require.Equal(t, "Bicycles", profile.Categories[0].Name)
	require.Equal(t, []types.BusinessHoursConfig{{DayOfWeek: "mon", Mode: "specific_hours", OpenTime: "540", CloseTime: "1080"}}, profile.BusinessHours)
	_, err = c.GetBusinessProfile(within(t), jid(t, clinic.LID()))
	require.ErrorContains(t, err, "missing jid", "a private account has none")

	_, err = shop.SendText(t.Context(), clinic.Number(), "your bike is ready")
	require.NoError(t, err)
	m := c.awaitText("your bike is ready")
	require.Equal(t, "Bike Shop", m.Info.VerifiedName.Details.GetVerifiedName())
	found, err := c.IsOnWhatsApp(within(t), []string{shop.Number()})
	require.NoError(t, err)
	require.Equal(t, "Bike Shop", found[0].VerifiedName.Details.GetVerifiedName())
}

func TestPrivacySettingsReachTheOtherDevices(t *testing.T) {
	s, clinic, c := linked(t)
	other := newClient(t, s, filepath.Join(t.TempDir(), "other.db"))
	require.True(t, other.link(clinic).Linked)
	_, err := c.SetPrivacySetting(within(t), types.PrivacySettingTypeLastSeen, types.PrivacySettingNone)
	require.NoError(t, err)
	require.Equal(t, "none", clinic.Privacy()["last"])
	await(other, func(p *events.PrivacySettings) bool { return p.LastSeenChanged })
	require.Equal(t, types.PrivacySettingNone, other.GetPrivacySettings(within(t)).LastSeen)
	require.ErrorIs(t, clinic.SetPrivacy(t.Context(), "last", "nonsense"), wasim.ErrBadSetting)
	require.ErrorIs(t, clinic.SetPrivacy(t.Context(), "nonsense", "all"), wasim.ErrBadSetting)
	require.NoError(t, clinic.SetPrivacy(t.Context(), "readreceipts", "none"))
	await(c, func(p *events.PrivacySettings) bool { return p.ReadReceiptsChanged })

	require.NoError(t, c.SetDefaultDisappearingTimer(within(t), 24*time.Hour))
	require.ErrorIs(t, c.SetDefaultDisappearingTimer(within(t), time.Minute), whatsmeow.ErrIQBadRequest)
	require.NoError(t, clinic.SetDisappearing(t.Context(), 0))
}

func TestReadReceiptsCanBeOff(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	web := addComputer(t, ana, "Chrome (Linux)")
	require.NoError(t, ana.SetPrivacy(t.Context(), "readreceipts", "none"))
	sent, err := c.sendText(jid(t, ana.LID()), "seen?")
	require.NoError(t, err)
	waitFor(t, s, "both have it", func() bool {
		return len(ana.Messages(clinic.Number())) == 1 && len(web.Messages(clinic.Number())) == 1
	})
	_, err = ana.MarkRead(clinic.Number())
	require.NoError(t, err)
	waitFor(t, s, "read on the computer", func() bool { return web.Messages(clinic.Number())[0].Read })
	zero := uint16(0)
	receipts := s.Ledger().Deliveries(wasim.Filter{ID: sent.ID, To: ana.Number(), ToDevice: &zero})[0].Receipts
	require.Zero(t, receipts["read"])
	require.Equal(t, 1, receipts["read-self"])
}

func TestBlockedPeople(t *testing.T) {
	s, clinic, c := linked(t)
	other := newClient(t, s, filepath.Join(t.TempDir(), "other.db"))
	require.True(t, other.link(clinic).Linked)
	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err := ana.SendText(t.Context(), clinic.Number(), "before")
	require.NoError(t, err)
	c.awaitText("before")

	list, err := c.UpdateBlocklist(within(t), jid(t, ana.JID()), events.BlocklistChangeActionBlock)
	require.NoError(t, err)
	require.Equal(t, []types.JID{jid(t, ana.LID())}, list.JIDs)
	require.Equal(t, []string{ana.Number()}, clinic.Blocked())
	change := await[*events.Blocklist](other, nil)
	require.Equal(t, events.BlocklistChangeActionBlock, change.Changes[0].Action)
	require.Equal(t, list.DHash, change.DHash)
	id, err := ana.SendText(t.Context(), clinic.Number(), "while blocked")
	require.NoError(t, err)
	waitFor(t, s, "one tick", func() bool { return stateOf(ana, clinic.Number(), id) == wasim.StateSent })
	_, err = c.GetProfilePictureInfo(within(t), jid(t, ana.LID()), nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureNotSet)

	list, err = c.UpdateBlocklist(within(t), jid(t, ana.LID()), events.BlocklistChangeActionUnblock)
	require.NoError(t, err)
	require.Empty(t, list.JIDs)
	_, err = ana.SendText(t.Context(), clinic.Number(), "after")
	require.NoError(t, err)
	c.awaitText("after")
	require.Equal(t, []string{"before", "after"}, c.texts())
	require.Empty(t, s.Ledger().Deliveries(wasim.Filter{ID: id}))

	require.NoError(t, clinic.SetBlocked(ana.Number(), true))
	await(c, func(b *events.Blocklist) bool { return b.Changes[0].JID == jid(t, ana.LID()) })
	require.ErrorIs(t, clinic.SetBlocked("+34699999999", true), wasim.ErrUnknownNumber)
}

func TestTokensOfTrust(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	anaJID := jid(t, ana.LID())
	require.NoError(t, ana.SetPrivacy(t.Context(), "status", "contacts"))
	require.NoError(t, ana.SetAbout(t.Context(), "for friends"))
	info, err := c.GetUserInfo(within(t), []types.JID{anaJID})
	require.NoError(t, err)
	require.Empty(t, info[anaJID].Status)

	_, err = ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	c.awaitText("hola")
	waitFor(t, s, "token stored", func() bool {
		token, err := c.Store.PrivacyTokens.GetPrivacyToken(t.Context(), anaJID)
		return err == nil && token != nil && len(token.Token) > 0
	})
	info, err = c.GetUserInfo(within(t), []types.JID{anaJID})
	require.NoError(t, err)
	require.Equal(t, "for friends", info[anaJID].Status)
}

func TestPictureOfAGroup(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	chat, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Teeth", Members: []string{clinic.Number()}})
	require.NoError(t, err)
	group := jid(t, chat)
	await[*events.JoinedGroup](c, nil)
	_, err = c.GetProfilePictureInfo(within(t), group, nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureNotSet)
	id, err := c.SetGroupPhoto(within(t), group, photo(t))
	require.NoError(t, err)
	info, err := c.GetProfilePictureInfo(within(t), group, nil)
	require.NoError(t, err)
	require.Equal(t, id, info.ID)
	require.Equal(t, photo(t), download(t, s, info.URL))

	other := newPhone(t, s, "+34600000022", "Other")
	elsewhere, err := other.CreateGroup(wasim.GroupOptions{Subject: "Secret", Members: []string{ana.Number()}})
	require.NoError(t, err)
	_, err = c.GetProfilePictureInfo(within(t), jid(t, elsewhere), nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureUnauthorized)
	_, err = c.SetGroupPhoto(within(t), jid(t, elsewhere), photo(t))
	require.ErrorIs(t, err, whatsmeow.ErrIQForbidden)
}

func TestNewChatsBeginWithTheTimer(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, ana.SetDisappearing(t.Context(), 24*time.Hour))
	_, err := ana.SendText(t.Context(), clinic.Number(), "gone tomorrow")
	require.NoError(t, err)
	m := await(c, func(m *events.Message) bool { return m.Message.GetExtendedTextMessage().GetText() == "gone tomorrow" })
	require.True(t, m.IsEphemeral)
	require.EqualValues(t, 86400, m.Message.GetExtendedTextMessage().GetContextInfo().GetExpiration())
	waitFor(t, s, "the timer on the other phone", func() bool {
		life, err := clinic.Timer(ana.Number())
		return err == nil && life == 24*time.Hour
	})

	school := newPhone(t, s, "+34600000022", "School")
	_, err = school.SendText(t.Context(), ana.Number(), "an old chat")
	require.NoError(t, err)
	waitFor(t, s, "begun by the other side", func() bool { return len(ana.Messages(school.Number())) == 1 })
	_, err = ana.SendText(t.Context(), school.Number(), "stays")
	require.NoError(t, err)
	life, err := ana.Timer(school.Number())
	require.NoError(t, err)
	require.Zero(t, life)
}

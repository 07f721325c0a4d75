package wasim_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// photoFrom is a message with a picture, as a client received it.
func photoFrom(t testing.TB, from *wasim.Phone, to *wasim.Phone, c *client) *events.Message {
	t.Helper()
	id, err := from.Write(t.Context(), to.Number(), wasim.Draft{Kind: wasim.KindImage})
	require.NoError(t, err)
	return c.awaitID(id)
}

// ask sends a request to a media host.
func ask(t testing.TB, s *wasim.Server, method, address string, body []byte, header http.Header) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), method, address, bytes.NewReader(body))
	require.NoError(t, err)
	for key := range header {
		request.Header.Set(key, header.Get(key))
	}
	answer, err := s.TCPClient().Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer, content
}

func TestDownloadsInParts(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c).Message.GetImageMessage()
	full, whole := ask(t, s, http.MethodGet, m.GetURL(), nil, nil)
	require.Equal(t, http.StatusOK, full.StatusCode)
	sum := sha256.Sum256(whole)
	require.Equal(t, m.GetFileEncSHA256(), sum[:])
	head, nothing := ask(t, s, http.MethodHead, m.GetURL(), nil, nil)
	require.Empty(t, nothing)
	require.EqualValues(t, len(whole), head.ContentLength)
	require.Equal(t, "bytes", head.Header.Get("Accept-Ranges"))
	part, some := ask(t, s, http.MethodGet, m.GetURL(), nil, http.Header{"Range": {"bytes=16-47"}})
	require.Equal(t, http.StatusPartialContent, part.StatusCode)
	require.Equal(t, whole[16:48], some)
	part, some = ask(t, s, http.MethodGet, m.GetURL(), nil, http.Header{"Range": {"bytes=100-"}, "If-Range": {full.Header.Get("ETag")}})
	require.Equal(t, http.StatusPartialContent, part.StatusCode)
	require.Equal(t, whole[100:], some)
	none, _ := ask(t, s, http.MethodGet, m.GetURL(), nil, http.Header{"Range": {"bytes=99999999-"}})
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, none.StatusCode)

	file, err := os.Create(filepath.Join(t.TempDir(), "photo"))
	require.NoError(t, err)
	require.NoError(t, c.DownloadToFile(within(t), m, file))
	require.NoError(t, file.Close())
	stored, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	picture := sha256.Sum256(stored)
	require.Equal(t, m.GetFileSHA256(), picture[:])
}

func TestDownloadsThatAreRefused(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c).Message.GetImageMessage()
	forged := proto.CloneOf(m)
	forged.DirectPath = proto.String(strings.Replace(m.GetDirectPath(), "oh=", "oh=X", 1))
	_, err := c.Download(within(t), forged)
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith403)
	prolonged := proto.CloneOf(m)
	prolonged.DirectPath = proto.String(strings.Replace(m.GetDirectPath(), "oe=", "oe=7", 1))
	_, err = c.Download(within(t), prolonged)
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith403)

	for code, want := range map[int]error{0: whatsmeow.ErrMediaDownloadFailedWith404, 410: whatsmeow.ErrMediaDownloadFailedWith410} {
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaGone, Code: code, Media: m.GetDirectPath(), Count: 1}))
		_, err = c.Download(within(t), m)
		require.ErrorIs(t, err, want)
	}
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaGone, Number: clinic.Number()}))
	_, err = c.Download(within(t), m)
	require.NoError(t, err, "the fault is for what the other one uploaded")

	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaCorrupt, Number: ana.Number(), Count: 2}))
	_, err = c.Download(within(t), m)
	require.ErrorIs(t, err, whatsmeow.ErrInvalidMediaEncSHA256, "both hosts served a corrupt file")
	require.Equal(t, 1, ana.ExpireMedia())
	_, err = c.Download(within(t), m)
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith410)
	s.ClearFaults()
}

func TestFilesEndWithTheirTime(t *testing.T) {
	clock := newHandClock()
	s := newServer(t, wasim.Options{Seed: 1, MediaLifetime: time.Hour, Now: clock.Now})
	ana, ben := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	voice, err := ana.Compose(ben.Number(), wasim.Draft{Kind: wasim.KindVoice})
	require.NoError(t, err)
	id, err := ana.Send(t.Context(), ben.Number(), voice)
	require.NoError(t, err)
	message(t, s, ben, ana.Number(), id)
	status := func() int {
		answer, _ := ask(t, s, http.MethodGet, voice.GetAudioMessage().GetURL(), nil, nil)
		return answer.StatusCode
	}
	require.Equal(t, http.StatusOK, status())
	clock.advance(time.Hour)
	require.Equal(t, http.StatusGone, status())
	_, err = ben.File(ana.Number(), id)
	require.NoError(t, err, "a phone keeps what it has fetched")
}

func TestSlowDownloads(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c).Message.GetImageMessage()
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaSlow, Delay: time.Hour, Count: 1}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Download(ctx, m)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaSlow, Delay: time.Millisecond, Count: 1}))
	_, err = c.Download(within(t), m)
	require.NoError(t, err)
}

func TestDownloadsThatBreakOff(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c).Message.GetImageMessage()
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultMediaCut, Number: ana.Number(), Count: 3}))
	request, err := http.NewRequestWithContext(within(t), http.MethodGet, m.GetURL(), nil)
	require.NoError(t, err)
	answer, err := s.TCPClient().Do(request)
	require.NoError(t, err)
	some, err := io.ReadAll(answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, answer.Body.Close())
	require.Len(t, some, int(answer.ContentLength/2))
	_, err = c.Download(within(t), m)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "from both hosts")
	_, rest := ask(t, s, http.MethodGet, m.GetURL(), nil, http.Header{"Range": {fmt.Sprintf("bytes=%d-", len(some))}})
	sum := sha256.Sum256(append(some, rest...))
	require.Equal(t, m.GetFileEncSHA256(), sum[:], "the rest can be had later")
}

func TestUploadsThatAreRefused(t *testing.T) {
	s, clinic, c := linked(t)
	for _, code := range []int{401, 413, 500, 507} {
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultRefuseUpload, Number: clinic.Number(), Code: code, Count: 1}))
		_, err := c.Upload(within(t), []byte("file"), whatsmeow.MediaImage)
		require.ErrorContains(t, err, fmt.Sprintf("status code %d", code))
	}
	up, err := c.Upload(within(t), []byte("file"), whatsmeow.MediaImage)
	require.NoError(t, err)

	body := []byte("opaque")
	sum := sha256.Sum256(body)
	token := base64.RawURLEncoding.EncodeToString(sum[:])
	host := up.URL[:strings.Index(up.URL, "/v/")]
	conn, err := c.DangerousInternals().RefreshMediaConn(within(t), true)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		address string
		body    []byte
		want    int
	}{
		"no auth":      {"/mms/image/" + token + "?token=" + token, body, http.StatusUnauthorized},
		"forged auth":  {"/mms/image/" + token + "?token=" + token + "&auth=x" + conn.Auth, body, http.StatusUnauthorized},
		"wrong hash":   {"/mms/image/" + token + "?token=" + token + "&auth=" + conn.Auth, []byte("other"), http.StatusBadRequest},
		"unknown kind": {"/mms/song/" + token + "?token=" + token + "&auth=" + conn.Auth, body, http.StatusBadRequest},
		"right":        {"/mms/image/" + token + "?token=" + token + "&auth=" + conn.Auth, body, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			answer, _ := ask(t, s, http.MethodPost, host+test.address, test.body, nil)
			require.Equal(t, test.want, answer.StatusCode)
		})
	}
	answer, _ := ask(t, s, http.MethodPut, host+"/mms/image/"+token+"?auth="+conn.Auth, body, nil)
	require.Equal(t, http.StatusMethodNotAllowed, answer.StatusCode)
}

func TestUploadTokensEnd(t *testing.T) {
	clock := newHandClock()
	s := newServer(t, wasim.Options{Seed: 1, Now: clock.Now})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	_, err := c.Upload(within(t), []byte("file"), whatsmeow.MediaImage)
	require.NoError(t, err)
	clock.advance(7 * time.Hour)
	_, err = c.Upload(within(t), []byte("file"), whatsmeow.MediaImage)
	require.ErrorContains(t, err, "status code 401")
	_, err = c.DangerousInternals().RefreshMediaConn(within(t), true)
	require.NoError(t, err)
	_, err = c.Upload(within(t), []byte("file"), whatsmeow.MediaImage)
	require.NoError(t, err)
}

func TestFilesThatAPhoneCannotRead(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	up, err := c.Upload(within(t), []byte("a picture"), whatsmeow.MediaImage)
	require.NoError(t, err)
	whole := &waE2E.ImageMessage{
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}
	for name, spoil := range map[string]func(*waE2E.ImageMessage){
		"key":       func(m *waE2E.ImageMessage) { m.MediaKey = make([]byte, 32) },
		"file hash": func(m *waE2E.ImageMessage) { m.FileSHA256 = make([]byte, 32) },
		"blob hash": func(m *waE2E.ImageMessage) { m.FileEncSHA256 = nil },
		"path":      func(m *waE2E.ImageMessage) { m.DirectPath = proto.String("/v/nothing") },
		"no path":   func(m *waE2E.ImageMessage) { m.DirectPath = nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := proto.CloneOf(whole)
			spoil(m)
			sent, err := c.SendMessage(within(t), jid(t, ana.LID()), &waE2E.Message{ImageMessage: m})
			require.NoError(t, err)
			shown := message(t, s, ana, clinic.Number(), sent.ID)
			require.False(t, shown.Media.Fetched)
			require.NotEmpty(t, shown.Media.Problem)
			_, err = ana.File(clinic.Number(), sent.ID)
			require.ErrorIs(t, err, wasim.ErrNoFile)
		})
	}
}

func TestMediaRetry(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c)
	message(t, s, clinic, ana.Number(), m.Info.ID)
	image := m.Message.GetImageMessage()
	require.Positive(t, s.ExpireMedia())
	_, err := c.Download(within(t), image)
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith410)
	retry := func(key []byte) *events.MediaRetry {
		c.forget()
		require.NoError(t, c.SendMediaRetryReceipt(within(t), &m.Info, key))
		return await(c, func(e *events.MediaRetry) bool { return e.MessageID == m.Info.ID })
	}
	answer := retry(image.GetMediaKey())
	require.Equal(t, m.Info.Chat, answer.ChatID)
	note, err := whatsmeow.DecryptMediaRetryNotification(answer, image.GetMediaKey())
	require.NoError(t, err)
	require.Equal(t, waMmsRetry.MediaRetryNotification_SUCCESS, note.GetResult())
	again := proto.CloneOf(image)
	again.DirectPath = proto.String(note.GetDirectPath())
	file, err := c.Download(within(t), again)
	require.NoError(t, err)
	kept, err := clinic.File(ana.Number(), m.Info.ID)
	require.NoError(t, err)
	require.Equal(t, kept, file)

	result := func(answer *events.MediaRetry) waMmsRetry.MediaRetryNotification_ResultType {
		note, err := whatsmeow.DecryptMediaRetryNotification(answer, image.GetMediaKey())
		require.NoError(t, err)
		return note.GetResult()
	}
	require.Equal(t, waMmsRetry.MediaRetryNotification_DECRYPTION_ERROR, result(retry(make([]byte, 32))))
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultFailMediaRetry, Number: clinic.Number(), Count: 1}))
	require.Equal(t, waMmsRetry.MediaRetryNotification_GENERAL_ERROR, result(retry(image.GetMediaKey())))
	require.NoError(t, clinic.DropFile(ana.Number(), m.Info.ID))
	require.Equal(t, waMmsRetry.MediaRetryNotification_NOT_FOUND, result(retry(image.GetMediaKey())))

	unknown := m.Info
	unknown.ID = "UNKNOWN"
	require.NoError(t, c.SendMediaRetryReceipt(within(t), &unknown, image.GetMediaKey()))
	missing := await(c, func(e *events.MediaRetry) bool { return e.MessageID == "UNKNOWN" })
	_, err = whatsmeow.DecryptMediaRetryNotification(missing, image.GetMediaKey())
	require.ErrorIs(t, err, whatsmeow.ErrMediaNotAvailableOnPhone)
}

func TestMediaHostsCanBeChosen(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1, MediaHosts: []string{"127.0.0.1:4433"}})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	up, err := c.Upload(within(t), []byte("file"), whatsmeow.MediaDocument)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(up.URL, "https://127.0.0.1:4433/v/"))
	answer, err := http.Get(s.MediaEndpoint() + up.DirectPath)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "plain HTTP on the listener is the same host")
	require.NoError(t, answer.Body.Close())
	http.DefaultClient.CloseIdleConnections()
}

// What clients ask their phone or the media hosts in a way that makes no sense has no effect.
func TestHostileMediaRequests(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	m := photoFrom(t, ana, clinic, c)
	text, err := ana.SendText(t.Context(), clinic.Number(), "no file")
	require.NoError(t, err)
	noFile := c.awaitID(text)
	require.NoError(t, c.SendMediaRetryReceipt(within(t), &noFile.Info, nil))
	strange := m.Info
	strange.Chat = types.NewJID("1", types.GroupServer)
	require.NoError(t, c.SendMediaRetryReceipt(within(t), &strange, nil))
	await(c, func(e *events.MediaRetry) bool { return e.MessageID == m.Info.ID && e.Error != nil })
	for _, path := range []string{"/v/", "/v/../v/x", "/mms/", "/mms/image/", "/v/x?oe=zz&oh=zz", "/mms/image/x?auth=AAAA&token=x"} {
		answer, _ := ask(t, s, http.MethodGet, s.MediaEndpoint()+path, nil, nil)
		require.GreaterOrEqual(t, answer.StatusCode, 400, path)
	}
	_, err = c.Download(within(t), m.Message.GetImageMessage())
	require.NoError(t, err)
}

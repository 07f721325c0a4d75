package bridge_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
)

// playing opens the server of the window's players over some files, with a client of its own.
func playing(t *testing.T, h held) (*bridge.Players, *http.Client) {
	t.Helper()
	f := bridge.NewFacades()
	f.Attach(bridge.Services{Files: h})
	p, err := bridge.OpenPlayers(t.Context(), f)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		require.NoError(t, p.Close())
	})
	return p, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func asked(t *testing.T, client *http.Client, method, address string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	require.NoError(t, err)
	if change != nil {
		change(r)
	}
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	return answer, bodyOf(t, answer)
}

// What is played comes in parts, to the window alone.
func TestPlayersGetFilesInParts(t *testing.T) {
	p, client := playing(t, held{1: holds("audio/ogg", "", "OggS and more")})
	require.True(t, strings.HasPrefix(p.Base(), p.Origin()+"/"))
	require.True(t, strings.HasPrefix(p.Origin(), "http://127.0.0.1:"))
	address := p.Base() + "/media/1"

	part, body := asked(t, client, http.MethodGet, address, func(r *http.Request) { r.Header.Set("Range", "bytes=5-7") })
	require.Equal(t, http.StatusPartialContent, part.StatusCode)
	require.Equal(t, "bytes 5-7/13", part.Header.Get("Content-Range"))
	require.Equal(t, "and", body)
	require.Equal(t, "audio/ogg", part.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", part.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "cross-origin", part.Header.Get("Cross-Origin-Resource-Policy"))
	require.Empty(t, part.Header.Get("Access-Control-Allow-Origin"), "a script of another page can't read it")

	head, body := asked(t, client, http.MethodHead, address, nil)
	require.Equal(t, http.StatusOK, head.StatusCode)
	require.EqualValues(t, 13, head.ContentLength)
	require.Empty(t, body)
	beyond, _ := asked(t, client, http.MethodGet, address, func(r *http.Request) { r.Header.Set("Range", "bytes=99-") })
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, beyond.StatusCode)
}

// Who does not know the token, or comes by another name, gets nothing; and nothing else is served.
func TestPlayersAnswerTheWindowOnly(t *testing.T) {
	p, client := playing(t, held{1: holds("audio/ogg", "", "a secret")})
	token := strings.TrimPrefix(p.Base(), p.Origin()+"/")
	for _, path := range []string{
		"", "/", "/media/1", "/x/media/1", "//media/1", "/" + strings.ToLower(token) + "/media/1", "/" + token[1:] + "/media/1", "/" + token + "x/media/1",
		"/" + token + "%00/media/1", "/" + token, "/" + token + "/", "/" + token + "/media/", "/" + token + "/media/2", "/" + token + "/media/01",
		"/" + token + "/media/..%2f1", "/" + token + "/media/../1", "/" + token + "/index.html", "/" + token + "/api/health", "/api/health",
		"/" + token + "/../" + token + "x/media/1",
	} {
		answer, body := asked(t, client, http.MethodGet, p.Origin()+path, nil)
		require.NotEqual(t, http.StatusOK, answer.StatusCode, path)
		require.NotContains(t, body, "secret", path)
	}
	for _, host := range []string{"example.com", "127.0.0.1", "127.0.0.1:1", "localhost.example.com:80"} {
		answer, body := asked(t, client, http.MethodGet, p.Base()+"/media/1", func(r *http.Request) { r.Host = host })
		require.Equal(t, http.StatusMisdirectedRequest, answer.StatusCode, host)
		require.NotContains(t, body, "secret", host)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		answer, _ := asked(t, client, method, p.Base()+"/media/1", nil)
		require.Equal(t, http.StatusMethodNotAllowed, answer.StatusCode, method)
	}
	other, _ := playing(t, held{})
	require.NotEqual(t, token, strings.TrimPrefix(other.Base(), other.Origin()+"/"))
}

// The page may play from that server and from nowhere else.
func TestThePageMayPlayFromItsPlayersOnly(t *testing.T) {
	nothing := http.NotFoundHandler()
	with := get(t, bridge.Secure(nothing, "http://127.0.0.1:1234"), "/", nil).Header.Get("Content-Security-Policy")
	require.Contains(t, with, "; media-src 'self' blob: http://127.0.0.1:1234;")
	require.Equal(t, 1, strings.Count(with, "http"))
	require.Contains(t, get(t, bridge.Secure(nothing, ""), "/", nil).Header.Get("Content-Security-Policy"), "; media-src 'self' blob:;")
}

// The window asks where a file is to go, under a name that is one.
func TestTheWindowSavesWhereThePersonSays(t *testing.T) {
	at := time.Date(2026, 11, 24, 17, 58, 12, 0, time.Local)
	photo := holds("image/jpeg", "", "a picture")
	photo.At = at
	dated := holds("application/pdf", " .. ", "%PDF")
	dated.At = at.Add(time.Second)
	long := `..\../Rechnung ` + strings.Repeat("ß", 80) + ".pdf.exe"
	path := filepath.Join(t.TempDir(), "saved")
	var named string
	f := bridge.NewFacades()
	f.Attach(bridge.Services{
		Files: held{1: photo, 2: holds("application/octet-stream", long, "MZ"), 3: dated, 4: holds("video/mp4", "a.mp4", "film"), 5: holds("video/mp4", strings.Repeat("本", 90)+".mp4", "film")},
		SaveAs: func(name string) (string, error) {
			named = name
			if name == "a.mp4" {
				return "", nil
			}
			return path, nil
		},
	})
	files := facade[*bridge.Attachments](t, f)
	for id, want := range map[int64]string{
		1: "2026-11-24 17.58.12.jpg", 2: "_.._Rechnung " + strings.Repeat("ß", 80) + ".pdf.exe", 3: "2026-11-24 17.58.13.pdf", 4: "a.mp4", 5: strings.Repeat("本", 65) + ".mp4",
	} {
		saved, err := files.Save(id)
		require.NoError(t, err)
		require.Equal(t, want, named)
		require.Equal(t, id != 4, saved, "it was not to be saved after all")
	}
	_, err := files.Save(9)
	require.ErrorContains(t, err, string(domain.CodeNotFound))
	require.FileExists(t, path)

	elsewhere := bridge.NewFacades()
	elsewhere.Attach(bridge.Services{Files: held{1: photo}})
	_, err = facade[*bridge.Attachments](t, elsewhere).Save(1)
	require.ErrorContains(t, err, string(domain.CodeConflict))
}

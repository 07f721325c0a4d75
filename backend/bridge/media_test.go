package bridge_test

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
)

// held are files in memory, by message.
type held map[domain.MessageID]domain.OpenMedia

type closed struct{ io.ReadSeeker }

func (closed) Close() error { return nil }

func holds(kind, name, data string) domain.OpenMedia {
	return domain.OpenMedia{
		Media: domain.Media{State: domain.MediaHere, Type: kind, SHA256: strings.Repeat("a", 64)}, Name: name,
		File: closed{strings.NewReader(data)},
	}
}

func (h held) Open(_ context.Context, id domain.MessageID) (domain.OpenMedia, error) {
	open, ok := h[id]
	if !ok {
		return open, &domain.Error{Code: domain.CodeNotFound, Message: "There is no such file."}
	}
	return open, nil
}

func (h held) Thumbnail(_ context.Context, id domain.MessageID) ([]byte, string, error) {
	if id != 1 {
		return nil, "", &domain.Error{Code: domain.CodeNotFound, Message: "There is no such file."}
	}
	return []byte("small"), "image/jpeg", nil
}

func (held) Ask(context.Context, domain.MessageID) error { return nil }

func (h held) Save(_ context.Context, id domain.MessageID, path string) error {
	data, err := io.ReadAll(h[id].File)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

func files(h held) http.Handler {
	f := bridge.NewFacades()
	f.Attach(bridge.Services{Files: h})
	return bridge.Secure(f.Media(), "")
}

func get(t *testing.T, h http.Handler, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = &url.URL{Path: path}
	if before, query, found := strings.Cut(path, "?"); found {
		r.URL = &url.URL{Path: before, RawQuery: query}
	}
	r.Header = header
	if r.Header == nil {
		r.Header = http.Header{}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(data)
}

func TestFilesAreServedAsWhatTheyAre(t *testing.T) {
	h := files(held{1: holds("image/jpeg", "", "a picture"), 2: holds("application/pdf", "Carta de mañana.pdf", "%PDF"), 3: holds("application/octet-stream", "../x\u202e\"\r\n.html", "<script>")})
	answer := get(t, h, "/media/1", nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "image/jpeg", answer.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "default-src 'none'; sandbox", answer.Header.Get("Content-Security-Policy"))
	require.Empty(t, answer.Header.Get("Content-Disposition"))
	require.Equal(t, "a picture", bodyOf(t, answer))
	require.Contains(t, get(t, h, "/media/1?save", nil).Header.Get("Content-Disposition"), "attachment")

	part := get(t, files(held{1: holds("image/jpeg", "", "a picture")}), "/media/1", http.Header{"Range": {"bytes=2-4"}})
	require.Equal(t, http.StatusPartialContent, part.StatusCode)
	require.Equal(t, "pic", bodyOf(t, part))
	known := get(t, h, "/media/1", http.Header{"If-None-Match": {answer.Header.Get("ETag")}})
	require.Equal(t, http.StatusNotModified, known.StatusCode)

	require.Equal(t, "attachment; filename*=utf-8''Carta%20de%20ma%C3%B1ana.pdf", get(t, h, "/media/2", nil).Header.Get("Content-Disposition"))
	hostile := get(t, h, "/media/3", nil)
	require.Equal(t, "application/octet-stream", hostile.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="_x_ .html"`, hostile.Header.Get("Content-Disposition"))

	small := get(t, h, "/media/1/thumbnail", nil)
	require.Equal(t, "small", bodyOf(t, small))
	require.Equal(t, http.StatusNotFound, get(t, h, "/media/2/thumbnail", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, h, "/media/9", nil).StatusCode)
}

// Of a workspace that could not be opened there are no files.
func TestThereAreNoFilesWithoutAWorkspace(t *testing.T) {
	f := bridge.NewFacades()
	f.Fail(bridge.AppInfo{}, &domain.Error{Code: domain.CodeDatabaseDamaged}, nil, nil)
	require.Equal(t, http.StatusNotFound, get(t, f.Media(), "/media/1", nil).StatusCode)
}

// Who was not let in is not told whether there is a file.
func TestFilesAreForWhoWasLetIn(t *testing.T) {
	s := serve(t)
	answer, err := http.Get(s.url + "/media/1")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
	http.DefaultClient.CloseIdleConnections()
}

// Whatever a path says, it names a message or nothing.
func FuzzMediaPath(f *testing.F) {
	for _, path := range []string{"1", "01", "+1", "-1", "0", "1/", "1/thumbnail", "1/thumbnail/", "../1", "%2e%2e/1", "1\x00", "9223372036854775808", "١", "1?x", "", "/", "1/../2", " 1"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		h := files(held{1: holds("image/jpeg", "", "one")})
		answer := get(t, h, "/media/"+path, nil)
		body := bodyOf(t, answer)
		if answer.StatusCode == http.StatusOK {
			bare, _, _ := strings.Cut(path, "?")
			require.Contains(t, map[string]string{"1": "one", "1/thumbnail": "small"}, bare)
			return
		}
		require.False(t, bytes.Contains([]byte(body), []byte("one")), "%q", path)
	})
}

// Whatever its sender called a file, a browser is told a name that leads nowhere and hides nothing.
func FuzzSavedName(f *testing.F) {
	for _, name := range []string{
		"", ".", "..", "../../x.pdf", `C:\x`, "Carta de mañana.pdf", "a\r\nSet-Cookie: x=1", "\x00", "\xff\xfe", "\u202efdp.exe", `"; filename="y.exe`, strings.Repeat("é", 4000), "%2e%2e%2f", "عقد.pdf",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		answer := get(t, files(held{1: holds("application/pdf", name, "one")}), "/media/1?save", nil)
		require.Equal(t, http.StatusOK, answer.StatusCode)
		kind, parameters, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition"))
		require.NoError(t, err)
		require.Equal(t, "attachment", kind)
		saved := parameters["filename"]
		require.False(t, strings.ContainsAny(saved, `/\:*?"<>|`), "%q", saved)
		require.False(t, strings.HasPrefix(saved, "."), "%q", saved)
		for _, r := range saved {
			require.True(t, unicode.IsPrint(r), "%q", saved)
		}
	})
}

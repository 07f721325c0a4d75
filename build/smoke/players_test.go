//go:build window

package smoke

import (
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"
)

// plays has a voice note come into the open conversation and plays it. The web view plays nothing from where the page comes from, so that it
// goes on only with the server for players.
func (w *window) plays(from, to phone) {
	w.t.Helper()
	from.call(http.MethodPost, "/message", map[string]any{"to": to.number, "kind": "voice"}, nil)
	slider := `document.querySelector('[data-kind="voice"] input[type="range"]')`
	w.click(`document.querySelector('[data-kind="voice"] button[aria-label^="Play, "]')`)
	w.until(slider + "?.valueAsNumber > 0")
	w.picture("window-8-plays")
	var policy string
	require.NoError(w.t, w.page.evaluate(w.t.Context(), `(() => { const r = new XMLHttpRequest(); r.open("GET", "/", false); r.send();
		return r.getResponseHeader("Content-Security-Policy") })()`, &policy))
	require.Equal(w.t, 1, strings.Count(policy, "http://127.0.0.1:"), "only players leave the page's own origin: %s", policy)
}

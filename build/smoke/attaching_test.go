//go:build window

package smoke

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"
)

// attaches sends a file from the open conversation as a person chooses one, and compares what the contact got. It is larger than what the page hands
// over at once: a web view may lose the bodies of requests to where its page comes from.
func (w *window) attaches(from, to phone) {
	w.t.Helper()
	const line = "Pan con tomate, 3.50 €; crème brûlée, 6 €\n"
	const lines = 80_000
	require.NoError(w.t, w.page.evaluate(w.t.Context(), `void (() => { const data = new DataTransfer();
		data.items.add(new File(["Pan con tomate, 3.50 €; crème brûlée, 6 €\n".repeat(80_000)], "Carta de otoño.txt", {type: "text/plain"}));
		const input = `+find("attach-input")+`; input.files = data.files;
		input.dispatchEvent(new Event("change", {bubbles: true})) })()`, nil))
	w.until(find("attached-file") + `?.dataset.ready === "true"`)
	w.picture("window-9-attached")
	w.click(find("send"))
	w.until("!" + find("attached-file"))
	w.until(`document.querySelector('[data-kind="document"][data-state="delivered"]')`)
	w.picture("window-9-sent")

	var messages []struct {
		ID, Kind string
		FromMe   bool
	}
	to.call(http.MethodGet, "/messages?peer="+url.QueryEscape(from.number), nil, &messages)
	got := messages[len(messages)-1]
	require.Equal(w.t, "document", got.Kind)
	var file struct{ Data []byte }
	to.call(http.MethodGet, "/media/"+got.ID+"?peer="+url.QueryEscape(from.number), nil, &file)
	require.True(w.t, bytes.Equal(bytes.Repeat([]byte(line), lines), file.Data), "%d bytes came", len(file.Data))
}

// recordsOrNot holds the button for voice notes to what the web view can do: it is there only where Opus can be recorded.
func (w *window) recordsOrNot() {
	w.t.Helper()
	var can, shown bool
	require.NoError(w.t, w.page.evaluate(w.t.Context(), `Boolean(navigator.mediaDevices) && typeof MediaRecorder !== "undefined" &&
		["audio/ogg;codecs=opus", "audio/webm;codecs=opus"].some((form) => MediaRecorder.isTypeSupported(form))`, &can))
	require.NoError(w.t, w.page.evaluate(w.t.Context(), "Boolean("+find("record")+")", &shown))
	w.t.Logf("this web view records Opus: %t", can)
	require.Equal(w.t, can, shown)
}

//go:build window

package smoke

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Begun without a window, as the system begins it; opened from the tray, closed into it with the devices connected, opened again, and ended
// from its menu.
func TestTheWindowComesFromTheTrayAndGoesBackIntoIt(t *testing.T) {
	whatsapp := startSimulator(t)
	clinic := whatsapp.newPhone("+34600000013", "Dental Sol")
	ana := whatsapp.newPhone("+34600000144", "Ana Moreno")
	shown, err := startDesktop()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shown.close()) })
	host := startTrayHost(t)
	icons := make(chan trayIcon, 1)
	go func() {
		icon := host.icon()
		seen := screen{}.sees(t.Context(), "Waflow")
		icon.click()
		if !seen {
			icons <- icon
		}
		close(icons)
	}()
	w := openWindowOn(t, shown, "--hidden", "--whatsapp-endpoint", whatsapp.Endpoint, "--whatsapp-root-key", whatsapp.RootKey)
	icon, hidden := <-icons
	require.True(t, hidden, "the window was there before the icon was clicked")
	w.until(find("welcome-link"))
	w.linkFirstNumber(clinic, "Dental Sol", "Reception")
	require.Eventually(t, func() bool { return icon.tooltip() == "Waflow: 1 device connected" }, patience, 100*time.Millisecond)

	w.close()
	w.awaitSeen(false)
	told, err := shown.await(t.Context(), func(n notification) bool { return n.summary == "Waflow keeps your devices connected" })
	require.NoError(t, err)
	require.Contains(t, told.body, "stays in the tray")
	ana.write(clinic, "Is anybody there?")
	require.Eventually(t, func() bool { return ana.saidWith(clinic)[0].State == "delivered" }, patience, 100*time.Millisecond)

	icon.click()
	w.awaitSeen(true)
	w.click(find("view-inbox"))
	w.until(conversation("Ana Moreno"))
	w.click(find("view-settings"))
	w.until(`document.body.innerText.includes("stays in the tray")`)
	w.placeOf(find("settings-quit")) // scrolls to it
	w.picture("window-10-closing")
	icon.choose("Quit Waflow")
	select {
	case <-w.ended:
	case <-time.After(patience):
		require.FailNow(t, "Quit did not end the program")
	}
}

// Where nothing shows tray icons a closed window stays where the task bar has it, and says so.
func TestWithoutATrayAClosedWindowIsNotLost(t *testing.T) {
	w := openWindow(t)
	w.until(find("welcome-link"))
	w.close()
	told, err := w.shown.await(t.Context(), func(n notification) bool { return n.summary == "Waflow keeps your devices connected" })
	require.NoError(t, err)
	require.Contains(t, told.body, "stays in the task bar")
	w.awaitSeen(true) // no window manager runs here that would minimise it
	w.until(find("welcome-link"))
}

// close does what the button in the window's corner does: no window manager runs here that would draw one. The window library has the button
// send itself this message.
func (w *window) close() {
	w.t.Helper()
	require.NoError(w.t, w.page.evaluate(w.t.Context(), "void window.runtime.Quit()", nil))
}

func (w *window) awaitSeen(want bool) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return w.screen.sees(w.t.Context(), "Waflow") == want }, patience, 100*time.Millisecond)
}

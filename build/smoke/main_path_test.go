//go:build window

// Package smoke drives the real window as a person would, with mouse and keys, and watches what the desktop is told.
package smoke

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// notifyAfter is the default after which a device that is Offline is told about, with time to spare for a slow machine.
const notifyAfter = 30*time.Second + patience

// TestMainPath links a number by its QR code, talks, loses the network and comes back, in the window that people get.
func TestMainPath(t *testing.T) {
	whatsapp := startSimulator(t)
	clinic := whatsapp.newPhone("+34600000013", "Dental Sol")
	ana := whatsapp.newPhone("+34600000144", "Ana Moreno")

	w := openWindow(t, "--whatsapp-endpoint", whatsapp.Endpoint, "--whatsapp-root-key", whatsapp.RootKey)
	w.until(find("welcome-link"))
	w.picture("window-1-welcome")

	w.linkFirstNumber(clinic, "Dental Sol", "Reception")
	w.click(find("view-fleet"))
	w.until(row("Reception") + `?.dataset.status === "connected"`)
	w.picture("window-3-fleet")

	w.click(find("view-inbox"))
	ana.write(clinic, "Is there a free hour on Friday?")
	w.click(conversation("Ana Moreno"))
	w.until(bubble("free hour on Friday"))
	// An open conversation in a focused window becomes read by itself, here and on the contact's phone.
	w.until("!" + conversation("Ana Moreno") + `.getAttribute("aria-label")?.includes("unread")`)
	require.Eventually(t, func() bool { return ana.saidWith(clinic)[0].State == "read" }, patience, 100*time.Millisecond)
	w.enter(find("composer"), "Yes, at ten.")
	require.NoError(t, w.screen.press(t.Context(), "Return"))
	w.until(bubble("Yes, at ten.") + `?.dataset.state === "delivered"`)
	require.Equal(t, []said{
		{FromMe: true, Text: "Is there a free hour on Friday?"},
		{FromMe: false, Text: "Yes, at ten."},
	}, texts(ana.saidWith(clinic)))
	ana.read(clinic)
	w.until(bubble("Yes, at ten.") + `?.dataset.state === "read"`)
	w.picture("window-4-inbox")

	clinic.network(false)
	offline := w.shown.expect(t, "Reception", "is offline")
	ana.write(clinic, "Then see you on Friday.")
	// The program learns which notification is its own from the answer to it. A click that comes in the same millisecond
	// finds nothing and is made again, as a person would.
	w.doUntil(func() { require.NoError(t, w.shown.click(offline)) }, find("device-status"))
	w.picture("window-5-offline")

	clinic.network(true)
	w.shown.expect(t, "Reception", "connected again")
	w.click(find("view-inbox"))
	w.click(conversation("Ana Moreno"))
	w.until(bubble("see you on Friday"))
	w.until(`document.querySelectorAll('[data-testid="thread"] [data-state="received"]').length === 2`)
	w.picture("window-6-back")
	w.plays(ana, clinic)
	w.attaches(clinic, ana)
	w.recordsOrNot()
}

// linkFirstNumber goes through the first door: a subaccount, a device, its code scanned by the phone.
func (w *window) linkFirstNumber(p phone, subaccount, device string) {
	w.t.Helper()
	w.click(find("welcome-link"))
	w.enter(find("subaccount-name"), subaccount)
	w.click(find("subaccount-create"))
	w.enter(find("device-label"), device)
	w.click(find("pair-start"))
	p.scan(w.code("window-2-link"))
	w.click(find("pair-done"))
	w.until("!" + find("pair-dialog"))
}

// codeFor is how long a code is looked at: some can't be read, and another one is drawn after a while.
const codeFor = time.Minute

// code reads the QR code off the screen, once it is drawn.
func (w *window) code(picture string) string {
	w.t.Helper()
	w.until(find("pair-qr"))
	var code string
	var err error
	for end := time.Now().Add(codeFor); time.Now().Before(end); {
		if code, err = readQR(w.picture(picture)); err == nil {
			return code
		}
	}
	require.NoError(w.t, err)
	return code
}

// expect waits for a notification whose title names the device and what happened.
func (d *desktop) expect(t *testing.T, words ...string) notification {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), notifyAfter)
	defer cancel()
	n, err := d.await(ctx, func(n notification) bool {
		for _, word := range words {
			if !strings.Contains(strings.ToLower(n.summary), strings.ToLower(word)) {
				return false
			}
		}
		return true
	})
	require.NoError(t, err, "shown were %+v", d.all())
	return n
}

// named is the expression for the first element whose test id begins so and that shows the text.
func named(prefix, text string) string {
	return fmt.Sprintf("[...document.querySelectorAll('[data-testid^=%q]')].find((e) => e.textContent.includes(%q))", prefix, text)
}

func row(device string) string        { return named("fleet-row-", device) }
func conversation(name string) string { return named("conversation-", name) }
func bubble(text string) string       { return named("message-", text) }

// texts leaves out what changes by itself.
func texts(messages []said) []said {
	for i := range messages {
		messages[i].State = ""
	}
	return messages
}

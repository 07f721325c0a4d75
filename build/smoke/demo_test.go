//go:build window

package smoke

import "testing"

// TestDemo plays the demo workspace in the window: a simulated phone scans the code, a simulated contact writes, and is answered.
func TestDemo(t *testing.T) {
	w := openWindow(t, "--demo")
	w.until(find("banner-demo"))
	w.picture("window-7-demo")
	w.click(find("rail-add"))
	w.enter(find("subaccount-name"), "Bella Lua")
	w.click(find("subaccount-create"))
	w.enter(find("device-label"), "Pedidos")
	w.click(find("pair-start"))
	w.until(find("pair-qr"))
	w.click(find("demo-scan-+5511900000114"))
	w.until(find("pair-linked"))
	w.click(find("pair-done"))
	w.enter(find("demo-write"), "Hola! Abren el domingo?")
	w.click(find("demo-send"))
	w.click(find("rail-tile-0"))
	w.click(find("view-inbox"))
	w.click("document.querySelector('[data-testid^=conversation-]')")
	w.enter(find("composer"), "El domingo no, el lunes desde las 9.")
	w.click(find("send"))
	w.until(`document.querySelector("[data-testid=demo-screen]").innerText.includes("el lunes desde las 9")`)
	w.picture("window-7-demo-inbox")
}

//go:build window

package smoke

import "testing"

// TestDemo opens the demo workspace: it says what it is.
func TestDemo(t *testing.T) {
	w := openWindow(t, "--demo")
	w.until(find("banner-demo"))
	w.picture("window-7-demo")
}

//go:build !headless

package main

import (
	"github.com/wailsapp/go-webview2/webviewloader"
)

// webView names what shows the window, in the version that is installed now.
func webView() string {
	version, err := webviewloader.GetAvailableCoreWebView2BrowserVersionString("")
	if err != nil || version == "" {
		return "WebView2, which is not installed"
	}
	return "WebView2 " + version
}

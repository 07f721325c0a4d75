//go:build !headless

package main

// webView names what shows the window: WebKit is part of the system and has its version.
func webView() string { return "WebKit of the system" }

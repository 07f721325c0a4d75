//go:build headless

package main

// webView says that this build shows no window.
func webView() string { return "" }

// Package bridge is the way between the interface and the engine: narrow facades of plain data, bound into the window by Wails and
// served over HTTP and a WebSocket by `waflow serve`. Every method recovers panics and answers coded errors.
package bridge

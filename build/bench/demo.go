package main

import (
	"context"
	"os"
	"time"

	"waflow/backend/bridge"
)

// What a demo holds once it has begun.
const (
	demoDevices       = 5
	demoConversations = 40
)

// demoStart measures the demo from the start of the process until the interface is told of everything in it: the devices, linked and with
// what happened to them since, and the history that their phones handed over.
func demoStart(ctx context.Context, p programs) ([]result, error) {
	var values []float64
	for range runs {
		took, err := startDemo(ctx, p)
		if err != nil {
			return nil, err
		}
		values = append(values, float64(took.Milliseconds()))
	}
	return []result{summarise("demo.start", "ms", values)}, nil
}

func startDemo(ctx context.Context, p programs) (took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "waflow-demo-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	app, err := serveWaflow(ctx, p, dir, "--demo")
	if err != nil {
		return 0, err
	}
	defer app.stop()
	err = pollEvery(ctx, 10*time.Millisecond, func() (bool, error) {
		begun, err := app.demoBegan(ctx)
		took = time.Since(app.began)
		return begun, err
	})
	return took, err
}

// demoBegan tells whether everything is there. Nothing of a linked device is pending any more.
func (w *waflow) demoBegan(ctx context.Context) (bool, error) {
	var snapshot bridge.Snapshot
	if err := w.call(ctx, "App.Snapshot", &snapshot); err != nil {
		return false, err
	}
	states := map[string]int{}
	for _, d := range snapshot.Devices {
		states[d.Status]++
	}
	if len(snapshot.Devices) != demoDevices || states["connected"] != 2 || states["offline"] != 2 || states["attention"] != 1 {
		return false, nil
	}
	var page bridge.ConversationPage
	err := w.call(ctx, "Inbox.Conversations", &page, 0, "", demoConversations)
	return page.Total >= demoConversations, err
}

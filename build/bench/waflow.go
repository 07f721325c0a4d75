package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"waflow/backend/bridge"
)

// waflow is the headless program, spoken to as its interface does.
type waflow struct {
	*process
	url    string
	token  string
	client *http.Client
}

// startWaflow serves the workspace in dir, pointed at the simulator.
func startWaflow(ctx context.Context, p programs, dir string, sim *simulator) (*waflow, error) {
	return serveWaflow(ctx, p, dir, "--whatsapp-endpoint", sim.Endpoint, "--whatsapp-root-key", sim.RootKey)
}

// serveWaflow serves the workspace in dir with more flags, and signs in.
func serveWaflow(ctx context.Context, p programs, dir string, flags ...string) (*waflow, error) {
	var ready struct{ URL, Token string }
	proc, err := start(ctx, dir, &ready, p.waflow, append([]string{"serve", "--json", "--data-dir", dir + "/workspace"}, flags...)...)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	w := &waflow{process: proc, url: strings.TrimSuffix(ready.URL, "/"), token: ready.Token, client: &http.Client{Jar: jar}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/?token="+ready.Token, nil)
	if err != nil {
		return nil, err
	}
	answer, err := w.client.Do(request)
	if err != nil {
		w.stop()
		return nil, err
	}
	return w, answer.Body.Close()
}

// call runs a method of a facade.
func (w *waflow) call(ctx context.Context, method string, result any, arguments ...any) error {
	if arguments == nil {
		arguments = []any{}
	}
	body, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/api/call/"+method, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Waflow", "1")
	answer, err := w.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", method, content)
	}
	if result == nil || len(content) == 0 {
		return nil
	}
	return json.Unmarshal(content, result)
}

// link makes a device in the subaccount and links it to the simulated phone, by the code that is shown.
func (w *waflow) link(ctx context.Context, sim *simulator, subaccount int64, phone string) error {
	var device bridge.Device
	if err := w.call(ctx, "Fleet.CreateDevice", &device, subaccount, phone, "support"); err != nil {
		return err
	}
	if err := w.call(ctx, "Pairing.Start", nil, device.ID); err != nil {
		return err
	}
	var shown bridge.PairingStep
	err := poll(ctx, func() (bool, error) {
		err := w.call(ctx, "Pairing.Current", &shown, device.ID)
		return shown.QR != nil, err
	})
	if err != nil {
		return err
	}
	code, err := readQR(*shown.QR)
	if err != nil {
		return err
	}
	if err := sim.scan(ctx, phone, code); err != nil {
		return err
	}
	return w.awaitConnected(ctx, 1, device.ID)
}

// awaitConnected returns once the named devices are Connected, all of them if none is named; at least count.
func (w *waflow) awaitConnected(ctx context.Context, count int, ids ...int64) error {
	return poll(ctx, func() (bool, error) {
		var snapshot bridge.Snapshot
		if err := w.call(ctx, "App.Snapshot", &snapshot); err != nil {
			return false, err
		}
		connected := 0
		for _, d := range snapshot.Devices {
			named := len(ids) == 0
			for _, id := range ids {
				named = named || id == d.ID
			}
			if named && d.Status == "connected" {
				connected++
			}
		}
		return connected >= count, nil
	})
}

// readQR reads the code from its modules.
func readQR(qr bridge.QR) (string, error) {
	bits, err := gozxing.NewBitMatrix(qr.Size, qr.Size)
	if err != nil {
		return "", err
	}
	for i, module := range qr.Bits {
		if module == '1' {
			bits.Set(i%qr.Size, i/qr.Size)
		}
	}
	read, err := decoder.NewDecoder().Decode(bits, nil)
	if err != nil {
		return "", err
	}
	return read.GetText(), nil
}

// poll asks until the answer is yes. The interval is short beside what is measured.
func poll(ctx context.Context, done func() (bool, error)) error {
	return pollEvery(ctx, 2*time.Millisecond, done)
}

// pollEvery is poll for questions that cost something.
func pollEvery(ctx context.Context, interval time.Duration, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

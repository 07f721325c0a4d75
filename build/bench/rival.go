package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// against names the rival in the results.
const against = "baresafe, same run"

// rival is a running baresafe process.
type rival struct {
	command *exec.Cmd
	in      io.WriteCloser
	lines   *json.Decoder
}

// startRival runs this program again as the rival, with a client for each of the phones, and links them.
func startRival(ctx context.Context, dir string, sim *simulator, phones ...string) (*rival, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &rival{command: exec.CommandContext(ctx, self, "baresafe", "-endpoint", sim.Endpoint, "-root-key", sim.RootKey, "-dir", dir,
		"-clients", strconv.Itoa(len(phones)))}
	log, err := os.Create(filepath.Join(dir, "baresafe.log"))
	if err != nil {
		return nil, err
	}
	r.command.Stderr = log
	if r.in, err = r.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.lines = json.NewDecoder(bufio.NewReader(out))
	if err := r.command.Start(); err != nil {
		return nil, err
	}
	return r, r.link(ctx, sim, phones)
}

// link scans the first code of each client and waits until all are logged in.
func (r *rival) link(ctx context.Context, sim *simulator, phones []string) error {
	scanned, connected := map[int]bool{}, map[int]bool{}
	for len(connected) < len(phones) {
		var line bareLine
		if err := r.lines.Decode(&line); err != nil {
			return fmt.Errorf("the rival did not connect: %w", err)
		}
		if line.Connected {
			connected[line.Client] = true
		}
		if line.Code != "" && !scanned[line.Client] {
			scanned[line.Client] = true
			if err := sim.scan(ctx, phones[line.Client], line.Code); err != nil {
				return err
			}
		}
	}
	return nil
}

// send has the rival send count texts, one after the other, and answers how many went per second.
func (r *rival) send(to string, count int) (float64, error) {
	if err := json.NewEncoder(r.in).Encode(bareCommand{To: to, Count: count}); err != nil {
		return 0, err
	}
	for {
		var line bareLine
		if err := r.lines.Decode(&line); err != nil {
			return 0, err
		}
		if line.PerSecond > 0 {
			return line.PerSecond, nil
		}
	}
}

// stop ends the rival.
func (r *rival) stop() {
	_ = r.in.Close()
	_ = r.command.Wait()
}

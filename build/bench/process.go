package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// patience is how long a step may take before a benchmark gives up on it.
const patience = 5 * time.Minute

// process is a program of ours that says with one line of JSON that it is ready.
type process struct {
	command *exec.Cmd
	began   time.Time
	log     *os.File
}

// start runs a program in a home of its own below dir and reads its first line into ready.
func start(ctx context.Context, dir string, ready any, program string, arguments ...string) (*process, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.CreateTemp(dir, filepath.Base(program)+"-*.log")
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, program, arguments...), log: log}
	p.command.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+filepath.Join(dir, "data"), "LANG=en_US.UTF-8")
	p.command.Stderr = log
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = patience
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.began = time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not get ready, its log is %s: %w", filepath.Base(program), log.Name(), err)
	}
	return p, json.Unmarshal(line, ready)
}

// stop ends the program as a service manager would and waits for it.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
	_ = p.log.Close()
}

// residentMiB is the memory that the program occupies now.
func (p *process) residentMiB() (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	var size, resident float64
	if _, err := fmt.Sscan(string(content), &size, &resident); err != nil {
		return 0, err
	}
	return resident * float64(os.Getpagesize()) / (1 << 20), nil
}

// peakMiB is the most memory that the program has occupied since it began.
func (p *process) peakMiB() (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(content), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	return kib / 1024, nil
}

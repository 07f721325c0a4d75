package engine

import (
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"gopkg.in/natefinch/lumberjack.v2"
)

// Sizes of the log: a few small files, so that it never fills a disk.
const (
	logMegabytes = 5
	logFiles     = 3
)

// newLog returns a logger that writes to logs/waflow.log in the workspace. Numbers are masked and texts left out by who logs.
func newLog(dir string, now func() time.Time) (zerolog.Logger, io.Closer) {
	file := &logFile{to: &lumberjack.Logger{Filename: filepath.Join(dir, "logs", "waflow.log"), MaxSize: logMegabytes, MaxBackups: logFiles}}
	return logTo(file, now), file
}

// logFile drops what is written once it is closed. The client library has goroutines that nobody can wait for, and their last words would
// make the file again in a workspace that has been given up.
type logFile struct {
	mu     sync.Mutex
	to     *lumberjack.Logger
	closed bool
}

// Write writes one line.
func (f *logFile) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return len(line), nil
	}
	return f.to.Write(line)
}

// Close closes the file.
func (f *logFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return f.to.Close()
}

// logTo returns a logger of the workspace that writes elsewhere.
func logTo(out io.Writer, now func() time.Time) zerolog.Logger {
	return zerolog.New(out).Level(zerolog.InfoLevel).Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, _ string) {
		e.Time("time", now().UTC())
	}))
}

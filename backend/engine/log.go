package engine

import (
	"io"
	"path/filepath"
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
	file := &lumberjack.Logger{Filename: filepath.Join(dir, "logs", "waflow.log"), MaxSize: logMegabytes, MaxBackups: logFiles}
	return logTo(file, now), file
}

// logTo returns a logger of the workspace that writes elsewhere.
func logTo(out io.Writer, now func() time.Time) zerolog.Logger {
	return zerolog.New(out).Level(zerolog.InfoLevel).Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, _ string) {
		e.Time("time", now().UTC())
	}))
}

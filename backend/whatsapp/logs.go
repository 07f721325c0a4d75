package whatsapp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rs/zerolog"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// maxLogText is how much of one value is logged, in bytes.
const maxLogText = 200

var (
	digits = regexp.MustCompile(`\d{5,}`)
	// opaque is what keys, hashes and signatures look like in hex or base64.
	opaque = regexp.MustCompile(`[0-9A-Za-z+/_-]{24,}={0,2}`)
	// quoted is what a person may have written: names and texts stand in quotes when the library logs them.
	quoted = regexp.MustCompile("\"[^\"]*\"|`[^`]*`")
)

// libraryLog gives what the client library says to our log. Debug is dropped before it is formatted, because it holds whole
// stanzas; the rest is masked value by value.
type libraryLog struct{ out zerolog.Logger }

var _ waLog.Logger = libraryLog{}

func (l libraryLog) Debugf(string, ...any) {}

func (l libraryLog) Infof(format string, args ...any)  { l.write(l.out.Info(), format, args) }
func (l libraryLog) Warnf(format string, args ...any)  { l.write(l.out.Warn(), format, args) }
func (l libraryLog) Errorf(format string, args ...any) { l.write(l.out.Error(), format, args) }

func (l libraryLog) Sub(module string) waLog.Logger {
	return libraryLog{out: l.out.With().Str("part", module).Logger()}
}

func (l libraryLog) write(event *zerolog.Event, format string, args []any) {
	if !event.Enabled() {
		return
	}
	masked := make([]any, len(args))
	for i, arg := range args {
		masked[i] = maskArgument(arg)
	}
	event.Msg(maskText(fmt.Sprintf(format, masked...)))
}

// maskArgument keeps what tells about the course of things (numbers, durations, error sentences) and hides who and what.
func maskArgument(arg any) any {
	switch v := arg.(type) {
	case types.JID:
		return maskJID(v)
	case *types.JID:
		if v == nil {
			return "nobody"
		}
		return maskJID(*v)
	case waBinary.Node:
		return "<" + v.Tag + ">"
	case *waBinary.Node:
		if v == nil {
			return "<>"
		}
		return "<" + v.Tag + ">"
	case []byte:
		if strings.HasPrefix(string(v), "goroutine ") {
			return string(v)
		}
		return fmt.Sprintf("%d bytes", len(v))
	case error:
		return maskText(shorten(v.Error()))
	case string:
		return maskText(shorten(v))
	case fmt.Stringer:
		return maskText(shorten(v.String()))
	default:
		return arg
	}
}

func maskJID(jid types.JID) string {
	device := ""
	if jid.Device > 0 {
		device = fmt.Sprintf(":%d", jid.Device)
	}
	return maskNumber(jid.User) + device + "@" + jid.Server
}

// maskNumber keeps the last two digits, enough to tell two devices apart and too few to call somebody.
func maskNumber(number string) string {
	if len(number) <= 2 {
		return "…"
	}
	return "…" + number[len(number)-2:]
}

func maskText(text string) string {
	text = quoted.ReplaceAllString(text, "…")
	text = opaque.ReplaceAllStringFunc(text, func(s string) string {
		if strings.ContainsAny(s, "0123456789+/=") && !strings.HasPrefix(s, "goroutine") {
			return "…"
		}
		return s
	})
	return digits.ReplaceAllStringFunc(text, maskNumber)
}

func shorten(text string) string {
	if len(text) <= maxLogText {
		return text
	}
	return strings.ToValidUTF8(text[:maxLogText], "") + "…"
}

// silence discards what the Signal library says: it prints to standard output, and what it says comes back as an error.
type silence struct{}

func (silence) Debug(_, _ string)   {}
func (silence) Info(_, _ string)    {}
func (silence) Warning(_, _ string) {}
func (silence) Error(_, _ string)   {}
func (silence) Configure(_ string)  {}

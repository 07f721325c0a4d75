// Package voice puts what a page recorded into the form of a voice note: Opus in Ogg (RFC 7845). What was recorded is not coded anew, only its
// packets are taken out of one container and put into another.
package voice

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// MIME is the type of a voice note, as WhatsApp names it.
const MIME = "audio/ogg; codecs=opus"

// ErrBroken means that a recording is none, or not Opus in WebM or Ogg.
var ErrBroken = errors.New("this is no recording that can be read")

// rate is how many samples a second has in Opus, whatever was recorded.
const rate = 48_000

// longestPacket is the longest time that one packet holds, in samples.
const longestPacket = rate * 120 / 1000

// Note is a voice note.
type Note struct {
	Data    []byte // a whole Ogg file
	Seconds int    // at least 1
}

// recording is what was taken out of a container.
type recording struct {
	head    []byte // OpusHead
	packets [][]byte
}

// Ogg makes a voice note of a recording, which is Opus in WebM or in Ogg. Errors: ErrBroken.
func Ogg(recorded []byte) (Note, error) {
	taken, err := take(recorded)
	if err != nil {
		return Note{}, err
	}
	if len(taken.packets) == 0 || !isHead(taken.head) {
		return Note{}, ErrBroken
	}
	samples, err := write(nil, taken)
	if err != nil {
		return Note{}, err
	}
	var out bytes.Buffer
	if _, err := write(&oggWriter{out: &out, serial: crc32.ChecksumIEEE(recorded)}, taken); err != nil {
		return Note{}, err
	}
	skipped := int(binary.LittleEndian.Uint16(taken.head[10:]))
	return Note{Data: out.Bytes(), Seconds: max(1, (samples-skipped+rate/2)/rate)}, nil
}

func take(recorded []byte) (recording, error) {
	if bytes.HasPrefix(recorded, []byte("OggS")) {
		return readOgg(recorded)
	}
	return readWebM(recorded)
}

// isHead checks an OpusHead with one or two channels (RFC 7845, 5.1).
func isHead(head []byte) bool {
	return len(head) == 19 && string(head[:8]) == "OpusHead" && head[8]>>4 == 0 && (head[9] == 1 || head[9] == 2) && head[18] == 0
}

// lasts is how long a packet lasts, in samples (RFC 6716, 3.1). 0 for one that is none.
func lasts(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	config, frames := packet[0]>>3, 1
	frame := rate / 400 << (config & 3) // 2.5, 5, 10, 20 ms
	switch {
	case config < 12:
		frame = [...]int{rate / 100, rate / 50, rate / 25, rate * 60 / 1000}[config&3]
	case config < 16:
		frame = rate / 100 << (config & 1)
	}
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		frames = int(packet[1] & 63)
	}
	if frame*frames > longestPacket {
		return 0
	}
	return frame * frames
}

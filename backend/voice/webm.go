package voice

import (
	"encoding/binary"
	"math/bits"
)

// Elements of WebM (RFC 8794, RFC 9559), by their ids.
const (
	idSegment      = 0x18538067
	idCluster      = 0x1f43b675
	idTracks       = 0x1654ae6b
	idTrackEntry   = 0xae
	idTrackNumber  = 0xd7
	idCodec        = 0x86
	idCodecPrivate = 0x63a2
	idBlockGroup   = 0xa0
	idBlock        = 0xa1
	idSimpleBlock  = 0xa3
)

// webm is what is known while a file is read.
type webm struct {
	recording
	number, track uint64 // of the track that is read, and of the one with the recording
}

// readWebM takes the packets out of a WebM file. What lies inside something else is read as if it followed it: a page that records does not know
// in advance how long anything gets, and says so by a size that is none.
func readWebM(file []byte) (recording, error) {
	w := &webm{}
	for len(file) > 0 {
		id, rest, ok := number(file, 4, true)
		if !ok {
			return w.recording, ErrBroken
		}
		size, body, ok := number(rest, 8, false)
		if !ok {
			return w.recording, ErrBroken
		}
		if isFolder(id) {
			file = body
			continue
		}
		if size > uint64(len(body)) {
			return w.recording, ErrBroken
		}
		if !w.element(id, body[:size]) {
			return w.recording, ErrBroken
		}
		file = body[size:]
	}
	return w.recording, nil
}

func isFolder(id uint64) bool {
	switch id {
	case idSegment, idCluster, idTracks, idTrackEntry, idBlockGroup:
		return true
	}
	return false
}

// element takes in one element, and reports whether it makes sense.
func (w *webm) element(id uint64, body []byte) bool {
	switch id {
	case idTrackNumber:
		w.number = 0
		for _, b := range body {
			w.number = w.number<<8 | uint64(b)
		}
	case idCodec:
		if string(body) == "A_OPUS" && w.track == 0 {
			w.track = w.number
		}
	case idCodecPrivate:
		if len(body) >= 8 && string(body[:8]) == "OpusHead" {
			w.head = body
		}
	case idBlock, idSimpleBlock:
		return w.block(body)
	}
	return true
}

// block takes the packet out of a block: the number of its track, a time of 16 bits, flags, and the packet. Several packets in a block are not
// what any page records.
func (w *webm) block(body []byte) bool {
	const lacing = 6
	track, rest, ok := number(body, 8, false)
	if !ok || len(rest) < 3 {
		return false
	}
	flags := binary.BigEndian.Uint32(append([]byte{0}, rest[:3]...))
	if flags&lacing != 0 {
		return false
	}
	if track == w.track && len(rest) > 3 {
		w.packets = append(w.packets, rest[3:])
	}
	return true
}

// number reads a number of variable length: as many zeros as lead it are further bytes. The bit after them belongs to an id and not to a size.
func number(b []byte, longest int, id bool) (uint64, []byte, bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	length := bits.LeadingZeros8(b[0]) + 1
	if length > longest || length > len(b) {
		return 0, nil, false
	}
	value := uint64(b[0])
	if !id {
		value &^= 1 << (8 - length)
	}
	for _, next := range b[1:length] {
		value = value<<8 | uint64(next)
	}
	return value, b[length:], true
}

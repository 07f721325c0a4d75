package voice

import (
	"bytes"
	"encoding/binary"
)

// An Ogg page (RFC 3533): "OggS", version, flags, position (8), serial (4), number (4), CRC (4), count of segments, their lengths, their bytes. A
// packet is cut into segments of 255 bytes and a shorter one that ends it.
const (
	pageHead     = 27
	mostSegments = 255

	flagFirst = 2
	flagLast  = 4
)

// oggWriter writes pages.
type oggWriter struct {
	out    *bytes.Buffer
	serial uint32
	number uint32
}

// write writes a recording, a second of it to a page, and returns how many samples it has. Without a writer it only counts. Errors: ErrBroken for
// a packet that is none.
func write(to *oggWriter, r recording) (int, error) {
	to.page(flagFirst, 0, r.head)
	to.page(0, 0, tags())
	var page [][]byte
	total, onPage, segments := 0, 0, 0
	for i, packet := range r.packets {
		length, needs := lasts(packet), len(packet)/255+1
		if length == 0 || needs > mostSegments {
			return 0, ErrBroken
		}
		if segments+needs > mostSegments || onPage >= rate {
			to.page(0, total, page...)
			page, onPage, segments = nil, 0, 0
		}
		page, total, onPage, segments = append(page, packet), total+length, onPage+length, segments+needs
		if i == len(r.packets)-1 {
			to.page(flagLast, total, page...)
		}
	}
	return total, nil
}

// tags is an OpusTags without any (RFC 7845, 5.2).
func tags() []byte {
	const vendor = "Waflow"
	out := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	return binary.LittleEndian.AppendUint32(append(out, vendor...), 0)
}

// page writes a page of whole packets that ends at a position, in samples.
func (w *oggWriter) page(flags byte, position int, packets ...[]byte) {
	if w == nil {
		return
	}
	raw := append([]byte("OggS\x00"), flags)
	raw = binary.LittleEndian.AppendUint64(raw, uint64(position))
	raw = binary.LittleEndian.AppendUint32(raw, w.serial)
	raw = binary.LittleEndian.AppendUint32(raw, w.number)
	raw = append(raw, 0, 0, 0, 0, 0) // the CRC, and the count of segments
	for _, p := range packets {
		for range len(p) / 255 {
			raw = append(raw, 255)
		}
		raw = append(raw, byte(len(p)%255))
	}
	raw[pageHead-1] = byte(len(raw) - pageHead)
	for _, p := range packets {
		raw = append(raw, p...)
	}
	binary.LittleEndian.PutUint32(raw[22:], checksum(raw))
	w.number++
	w.out.Write(raw)
}

// checksum is the CRC of a page whose own field is 0: of 32 bits, with the polynomial 0x04c11db7, the highest bit first, from 0.
func checksum(page []byte) uint32 {
	var crc uint32
	for _, b := range page {
		crc ^= uint32(b) << 24
		for range 8 {
			high := crc >> 31
			crc = crc<<1 ^ 0x04c11db7*high
		}
	}
	return crc
}

// readOgg takes the packets out of an Ogg file with one stream. The first is the head, the second the tags.
func readOgg(file []byte) (recording, error) {
	var out recording
	var packet []byte
	count := 0
	for len(file) > 0 {
		if len(file) < pageHead || string(file[:5]) != "OggS\x00" {
			return out, ErrBroken
		}
		body := pageHead + int(file[pageHead-1])
		if len(file) < body {
			return out, ErrBroken
		}
		for _, length := range file[pageHead:body] {
			if len(file) < body+int(length) {
				return out, ErrBroken
			}
			packet = append(packet, file[body:body+int(length)]...)
			body += int(length)
			if length == 255 {
				continue
			}
			switch count++; {
			case count == 1:
				out.head = packet
			case count > 2 && len(packet) > 0:
				out.packets = append(out.packets, packet)
			}
			packet = nil
		}
		file = file[body:]
	}
	return out, nil
}

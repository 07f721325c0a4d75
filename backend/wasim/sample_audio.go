package wasim

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Audio files by hand, because an encoder would be a dependency for silence: Opus packets in Ogg pages (RFC 7845) and
// MPEG-1 layer III frames without content.

const (
	opusRate   = 48_000
	opusFrames = 50 // packets of 20 ms in a second
)

// oggOpus is a voice note of so many quiet seconds.
func oggOpus(seconds int) []byte {
	var out bytes.Buffer
	head := append([]byte("OpusHead"), 1, 1)
	head = binary.LittleEndian.AppendUint16(head, 312)
	head = binary.LittleEndian.AppendUint32(head, opusRate)
	head = append(head, 0, 0, 0)
	tags := append([]byte("OpusTags"), 5, 0, 0, 0, 'w', 'a', 's', 'i', 'm', 0, 0, 0, 0)
	out.Write(oggPage(2, 0, 0, head))
	out.Write(oggPage(0, 0, 1, tags))
	silence := []byte{0xf8, 0xff, 0xfe} // full band, 20 ms, mono
	packets := make([][]byte, opusFrames)
	for i := range packets {
		packets[i] = silence
	}
	for s := range seconds {
		var flags byte
		if s == seconds-1 {
			flags = 4
		}
		out.Write(oggPage(flags, uint64(s+1)*opusRate, uint32(s+2), packets...))
	}
	return out.Bytes()
}

// oggPage wraps packets, each shorter than 255 bytes. flags: 2 for the first page, 4 for the last.
func oggPage(flags byte, position uint64, number uint32, packets ...[]byte) []byte {
	page := append([]byte("OggS"), 0, flags)
	page = binary.LittleEndian.AppendUint64(page, position)
	page = binary.LittleEndian.AppendUint32(page, 0x7761)
	page = binary.LittleEndian.AppendUint32(page, number)
	page = append(page, 0, 0, 0, 0, byte(len(packets)))
	for _, packet := range packets {
		page = append(page, byte(len(packet)))
	}
	for _, packet := range packets {
		page = append(page, packet...)
	}
	binary.LittleEndian.PutUint32(page[22:], oggChecksum(page))
	return page
}

// oggChecksum is the CRC-32 of polynomial 04c11db7 without reflection, which the standard library does not have.
func oggChecksum(page []byte) uint32 {
	var sum uint32
	for _, b := range page {
		sum ^= uint32(b) << 24
		for range 8 {
			top := sum&(1<<31) != 0
			sum <<= 1
			if top {
				sum ^= 0x04c11db7
			}
		}
	}
	return sum
}

// silentMP3 is music of so many quiet seconds: 32 kbit/s, 44.1 kHz, one channel.
func silentMP3(seconds int) []byte {
	const rate, samples, size = 44_100, 1152, 104
	frame := make([]byte, size)
	copy(frame, []byte{0xff, 0xfb, 0x10, 0xc4})
	return bytes.Repeat(frame, int(math.Ceil(float64(seconds)*rate/samples)))
}

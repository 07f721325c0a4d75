package wasim

import "encoding/binary"

// Stickers are lossless WebP (VP8L). With two greens, two alphas, one red and one blue, every pixel takes two bits, and the
// prefix codes are the simple ones of the specification.

const stickerLight, stickerDark = 190, 90

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	out  []byte
	free int // bits left in the last byte
}

func (w *bitWriter) write(value uint32, bits int) {
	for range bits {
		if w.free == 0 {
			w.out, w.free = append(w.out, 0), 8
		}
		w.out[len(w.out)-1] |= byte(value&1) << (8 - w.free)
		value >>= 1
		w.free--
	}
}

// symbols writes a prefix code of one or two symbols, the smaller first.
func (w *bitWriter) symbols(values ...uint32) {
	w.write(1, 1)
	w.write(uint32(len(values)-1), 1)
	w.write(1, 1)
	for _, value := range values {
		w.write(value, 8)
	}
}

// webp draws a sticker: light is which of the two colours a pixel has, opaque whether it is seen.
func webp(width, height int, pixel func(x, y int) (light, opaque bool)) []byte {
	w := &bitWriter{out: []byte{0x2f}}
	w.write(uint32(width-1), 14)
	w.write(uint32(height-1), 14)
	w.write(1, 1) // alpha is used
	w.write(0, 3) // version
	w.write(0, 1) // no transform
	w.write(0, 1) // no colour cache
	w.write(0, 1) // one group of prefix codes
	w.symbols(stickerDark, stickerLight)
	w.symbols(255)
	w.symbols(40)
	w.symbols(0, 255)
	w.symbols(0) // distances, which do not occur
	bit := map[bool]uint32{true: 1}
	for y := range height {
		for x := range width {
			light, opaque := pixel(x, y)
			w.write(bit[light], 1)
			w.write(bit[opaque], 1)
		}
	}
	if len(w.out)%2 == 1 {
		w.out = append(w.out, 0)
	}
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(w.out)))
	file = append(file, "WEBPVP8L"...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(w.out)))
	return append(file, w.out...)
}

package media

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif"  // its size
	_ "image/jpeg" // its size
	_ "image/png"  // its size
	"io"
)

// TypeUnknown is the type of everything that is not shown or played: it can only be saved.
const TypeUnknown = "application/octet-stream"

// maxPixels bounds the pictures that are shown: a small file can unpack to gigabytes.
const maxPixels = 64 << 20

// sniffed is how much of a file tells what it is.
const sniffed = 512

// typeOf is the type of a file that is shown or played, by its content: nobody's word is taken for it. A picture with too many pixels is of
// TypeUnknown.
func typeOf(file io.ReaderAt) (string, error) {
	head := make([]byte, sniffed)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	kind := Sniff(head[:n])
	if !isPicture(kind) {
		return kind, nil
	}
	width, height := dimensions(kind, head[:n], io.NewSectionReader(file, 0, 1<<20))
	if width <= 0 || height <= 0 || int64(width)*int64(height) > maxPixels {
		return TypeUnknown, nil
	}
	return kind, nil
}

// Sniff is the type of a file by its first bytes: one of those that are shown or played, or a PDF, else TypeUnknown.
func Sniff(head []byte) string {
	has := func(at int, magic string) bool { return len(head) >= at && bytes.HasPrefix(head[at:], []byte(magic)) }
	switch {
	case has(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "image/gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(4, "ftypM4A"):
		return "audio/mp4"
	case has(4, "ftyp") && !has(8, "qt") && !has(8, "hei") && !has(8, "avi") && !has(8, "mif"):
		return "video/mp4"
	case has(0, "OggS"):
		return "audio/ogg"
	case has(0, "ID3"), has(0, "\xff\xfb"), has(0, "\xff\xf3"), has(0, "\xff\xf2"):
		return "audio/mpeg"
	case has(0, "%PDF-"):
		return "application/pdf"
	}
	return TypeUnknown
}

func isPicture(kind string) bool {
	return kind == "image/jpeg" || kind == "image/png" || kind == "image/gif" || kind == "image/webp"
}

// dimensions are the width and height that a picture says it has, 0 where it can't be read.
func dimensions(kind string, head []byte, file io.Reader) (int, int) {
	if kind == "image/webp" {
		return webpSize(head)
	}
	config, _, err := image.DecodeConfig(file)
	if err != nil {
		return 0, 0
	}
	return config.Width, config.Height
}

// webpSize reads the three forms of a WebP picture's header: lossy, lossless, extended.
func webpSize(head []byte) (int, int) {
	if len(head) < 30 {
		return 0, 0
	}
	body := head[20:]
	switch string(head[12:16]) {
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	case "VP8X":
		return (int(body[4]) | int(body[5])<<8 | int(body[6])<<16) + 1, (int(body[7]) | int(body[8])<<8 | int(body[9])<<16) + 1
	}
	return 0, 0
}

// Package mp4 reads from an MP4 file (ISO/IEC 14496-12) what a message says about a video: how large its picture is, how long it lasts, and
// how it is coded.
package mp4

import (
	"encoding/binary"
	"errors"
	"io"
)

// ErrBroken means that a file is no MP4 that could be played.
var ErrBroken = errors.New("this is no video that can be read")

// Bounds of what is looked at. Files come from anybody.
const (
	mostBoxes = 10_000
	deepest   = 8
)

// Info is what a file says of itself.
type Info struct {
	H264          bool // its picture is coded as H.264, which every phone plays
	Width, Height int  // pixels, as it is shown
	Seconds       int  // rounded up
	Notes         []Note
}

// Note is a box with what a camera or a program wrote beside the picture and the sound, such as where it was. Nothing of it is needed to play.
type Note struct {
	kind     int64 // where its kind stands
	from, to int64 // where its body does
}

// Look reads the description of a video. Errors: ErrBroken, and what reading failed with.
func Look(file io.ReaderAt, size int64) (Info, error) {
	l := look{file: file}
	if err := l.boxes(0, size, 0); err != nil {
		return Info{}, err
	}
	if l.info.Width <= 0 || l.info.Height <= 0 {
		return Info{}, ErrBroken
	}
	return l.info, nil
}

// Blank makes free space of notes. Everything else stays where it is, because the file names places in itself.
func Blank(file io.WriterAt, notes []Note) error {
	zeros := make([]byte, 32<<10)
	for _, n := range notes {
		if _, err := file.WriteAt([]byte("free"), n.kind); err != nil {
			return err
		}
		for at := n.from; at < n.to; at += int64(len(zeros)) {
			if _, err := file.WriteAt(zeros[:min(int64(len(zeros)), n.to-at)], at); err != nil {
				return err
			}
		}
	}
	return nil
}

type look struct {
	file io.ReaderAt
	info Info
	seen int
}

// boxes walks the boxes between two places.
func (l *look) boxes(from, to int64, depth int) error {
	if depth > deepest {
		return ErrBroken
	}
	for at := from; at+8 <= to; {
		if l.seen++; l.seen > mostBoxes {
			return ErrBroken
		}
		head, err := l.read(at, 8)
		if err != nil {
			return err
		}
		size, begin := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch size {
		case 0: // up to the end
			size = to - at
		case 1:
			long, err := l.read(at+8, 8)
			if err != nil {
				return err
			}
			size, begin = int64(binary.BigEndian.Uint64(long)), 16
		}
		if size < begin || size > to-at {
			return ErrBroken
		}
		switch kind := string(head[4:]); kind {
		case "udta", "meta", "uuid":
			l.info.Notes = append(l.info.Notes, Note{kind: at + 4, from: at + begin, to: at + size})
		default:
			if err := l.box(kind, at+begin, at+size, depth); err != nil {
				return err
			}
		}
		at += size
	}
	return nil
}

func (l *look) box(kind string, from, to int64, depth int) error {
	switch kind {
	case "moov", "trak", "mdia", "minf", "stbl":
		return l.boxes(from, to, depth+1)
	case "mvhd":
		return l.duration(from, to)
	case "tkhd":
		return l.picture(from, to)
	case "stsd":
		return l.coding(from, to)
	}
	return nil
}

// duration reads the movie's header: its time scale and its length, in 32 bits or, of version 1, in 64.
func (l *look) duration(from, to int64) error {
	scaleAt, length := int64(12), 4
	version, err := l.within(from, to, 0, 1)
	if err != nil {
		return err
	}
	if version[0] == 1 {
		scaleAt, length = 20, 8
	}
	raw, err := l.within(from, to, scaleAt, 4+length)
	if err != nil {
		return err
	}
	scale, units := uint64(binary.BigEndian.Uint32(raw)), uint64(0)
	if length == 8 {
		units = binary.BigEndian.Uint64(raw[4:])
	} else {
		units = uint64(binary.BigEndian.Uint32(raw[4:]))
	}
	if scale == 0 || units/scale > 1<<30 {
		return ErrBroken
	}
	l.info.Seconds = int((units + scale - 1) / scale)
	return nil
}

// picture reads a track's header: what is shown, and whether it is turned by a quarter. A track of sound has no size.
func (l *look) picture(from, to int64) error {
	version, err := l.within(from, to, 0, 1)
	if err != nil {
		return err
	}
	matrixAt := int64(40)
	if version[0] == 1 {
		matrixAt = 52
	}
	raw, err := l.within(from, to, matrixAt, 44)
	if err != nil {
		return err
	}
	width, height := int(binary.BigEndian.Uint32(raw[36:])>>16), int(binary.BigEndian.Uint32(raw[40:])>>16)
	if width == 0 || height == 0 {
		return nil
	}
	if binary.BigEndian.Uint32(raw) == 0 { // the first number of the matrix: nothing of what is across stays across
		width, height = height, width
	}
	l.info.Width, l.info.Height = width, height
	return nil
}

// coding reads how a track is coded.
func (l *look) coding(from, to int64) error {
	raw, err := l.within(from, to, 8, 8)
	if err != nil {
		return err
	}
	if kind := string(raw[4:]); kind == "avc1" || kind == "avc3" {
		l.info.H264 = true
	}
	return nil
}

// within reads a part of a box.
func (l *look) within(from, to, at int64, n int) ([]byte, error) {
	if from+at+int64(n) > to {
		return nil, ErrBroken
	}
	return l.read(from+at, n)
}

func (l *look) read(at int64, n int) ([]byte, error) {
	out := make([]byte, n)
	if _, err := l.file.ReadAt(out, at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, ErrBroken
		}
		return nil, err
	}
	return out, nil
}

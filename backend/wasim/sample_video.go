package wasim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// Videos are H.264 without an encoder: once a second a picture whose macroblocks are stored as they are (I_PCM), and
// between them pictures that skip every macroblock, in an MP4 file whose index comes first.

const (
	videoSide    = 64 // pixels; 4 by 4 macroblocks
	videoSeconds = 3
	videoFPS     = 10
)

// sampleVideo is a slide show of three landscapes.
func sampleVideo(number int) (File, error) {
	preview, err := thumbnail(landscape(number, videoSide, videoSide))
	if err != nil {
		return File{}, fmt.Errorf("sample video: %w", err)
	}
	var samples [][]byte
	for second := range videoSeconds {
		samples = append(samples, storedPicture(landscape(number+second*5, videoSide, videoSide), second))
		for frame := 1; frame < videoFPS; frame++ {
			samples = append(samples, repeatedPicture(frame))
		}
	}
	return File{
		Data: mp4(samples), Mime: "video/mp4", Seconds: videoSeconds, Width: videoSide, Height: videoSide, Thumbnail: preview,
	}, nil
}

// golomb writes the bits of H.264, the highest first.
type golomb struct {
	out  []byte
	free int
}

func (g *golomb) bits(value uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		if g.free == 0 {
			g.out, g.free = append(g.out, 0), 8
		}
		g.free--
		g.out[len(g.out)-1] |= byte(value>>i&1) << g.free
	}
}

// ue writes unsigned Exp-Golomb numbers.
func (g *golomb) ue(values ...uint32) {
	for _, value := range values {
		length := 0
		for (value+1)>>length > 1 {
			length++
		}
		g.bits(0, length)
		g.bits(value+1, length+1)
	}
}

// unit ends a NAL unit and keeps start codes out of it.
func (g *golomb) unit(header byte) []byte {
	g.bits(1, 1)
	out := []byte{header}
	zeros := 0
	for _, b := range g.out {
		if zeros >= 2 && b <= 3 {
			out, zeros = append(out, 3), 0
		}
		out = append(out, b)
		zeros++
		if b != 0 {
			zeros = 0
		}
	}
	return out
}

// sequenceSet and pictureSet say how the stream is coded: baseline profile, no B pictures, CAVLC.
func sequenceSet() []byte {
	g := &golomb{out: []byte{66, 0xc0, 10}}
	g.ue(0, 0, 2, 1)
	g.bits(0, 1)
	g.ue(videoSide/16-1, videoSide/16-1)
	g.bits(0b1100, 4) // whole frames, direct inference, no cropping, no usability information
	return g.unit(0x67)
}

func pictureSet() []byte {
	g := &golomb{}
	g.ue(0, 0)
	g.bits(0, 2)
	g.ue(0, 0, 0)
	g.bits(0, 3)
	g.ue(0, 0, 0)
	g.bits(0, 3)
	return g.unit(0x68)
}

// storedPicture is a picture that needs no other.
func storedPicture(picture image.Image, number int) []byte {
	g := &golomb{}
	g.ue(0, 7, 0)
	g.bits(0, 4)
	g.ue(uint32(number % 2))
	g.bits(0, 2)
	g.ue(0)
	for block := range (videoSide / 16) * (videoSide / 16) {
		left, top := block%(videoSide/16)*16, block/(videoSide/16)*16
		g.ue(25)
		g.free = 0
		for i := range 256 {
			y, _, _ := ycc(picture, left+i%16, top+i/16)
			g.out = append(g.out, y)
		}
		for i := range 64 {
			_, cb, _ := ycc(picture, left+i%8*2, top+i/8*2)
			g.out = append(g.out, cb)
		}
		for i := range 64 {
			_, _, cr := ycc(picture, left+i%8*2, top+i/8*2)
			g.out = append(g.out, cr)
		}
	}
	return g.unit(0x65)
}

// ycc is a pixel in the colours of television, whose values leave out the ends of the range.
func ycc(picture image.Image, x, y int) (luma, cb, cr byte) {
	r, g, b, _ := picture.At(x, y).RGBA()
	red, green, blue := float64(r>>8), float64(g>>8), float64(b>>8)
	return byte(16 + 0.257*red + 0.504*green + 0.098*blue),
		byte(128 - 0.148*red - 0.291*green + 0.439*blue),
		byte(128 + 0.439*red - 0.368*green - 0.071*blue)
}

// repeatedPicture is the picture before it once more.
func repeatedPicture(number int) []byte {
	g := &golomb{}
	g.ue(0, 5, 0)
	g.bits(uint32(number%16), 4)
	g.bits(0, 3)
	g.ue(0, (videoSide/16)*(videoSide/16))
	return g.unit(0x41)
}

// box is a part of an MP4 file.
func box(kind string, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), kind...), content...)
}

// words are big-endian numbers of 32 bits.
func words(values ...uint32) []byte {
	var out []byte
	for _, value := range values {
		out = binary.BigEndian.AppendUint32(out, value)
	}
	return out
}

// mp4 packs the pictures of a video, each of them one NAL unit.
func mp4(pictures [][]byte) []byte {
	var media []byte
	sizes := words(0, 0, uint32(len(pictures)))
	for _, picture := range pictures {
		media = append(binary.BigEndian.AppendUint32(media, uint32(len(picture))), picture...)
		sizes = append(sizes, words(uint32(4+len(picture)))...)
	}
	start := box("ftyp", []byte("isom"), words(512), []byte("isomiso2avc1mp41"))
	index := func(offset uint32) []byte { return movie(sizes, uint32(len(pictures)), offset) }
	offset := uint32(len(start) + len(index(0)) + 8)
	return bytes.Join([][]byte{start, index(offset), box("mdat", media)}, nil)
}

// movie is the index of an MP4 file. Times count frames.
func movie(sizes []byte, count, offset uint32) []byte {
	unity := words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	sps, pps := sequenceSet(), pictureSet()
	config := append([]byte{1, sps[1], sps[2], sps[3], 0xff, 0xe1}, byte(len(sps)>>8), byte(len(sps)))
	config = append(append(config, sps...), 1, byte(len(pps)>>8), byte(len(pps)))
	config = append(config, pps...)
	entry := append(words(0, 1, 0, 0, 0, 0, videoSide<<16|videoSide, 0x480000, 0x480000, 0, 0x10000), make([]byte, 30)...)
	entry = append(entry, 0, 24, 0xff, 0xff)
	var keys []byte
	for second := range uint32(videoSeconds) {
		keys = append(keys, words(second*videoFPS+1)...)
	}
	table := box("stbl",
		box("stsd", words(0, 1), box("avc1", entry, box("avcC", config))),
		box("stts", words(0, 1, count, 1)),
		box("stss", words(0, videoSeconds), keys),
		box("stsc", words(0, 1, 1, count, 1)),
		box("stsz", sizes),
		box("stco", words(0, 1, offset)))
	information := box("minf", box("vmhd", words(1, 0, 0)), box("dinf", box("dref", words(0, 1), box("url ", words(1)))), table)
	media := box("mdia",
		box("mdhd", words(0, 0, 0, videoFPS, count, 0x55c40000)),
		box("hdlr", words(0, 0), []byte("vide"), words(0, 0, 0), []byte("video\x00")), information)
	track := box("trak",
		box("tkhd", words(3, 0, 0, 1, 0, count, 0, 0, 0, 0), unity, words(videoSide<<16, videoSide<<16)), media)
	header := box("mvhd", words(0, 0, 0, videoFPS, count, 0x10000, 0x1000000, 0, 0), unity, make([]byte, 24), words(2))
	return box("moov", header, track)
}

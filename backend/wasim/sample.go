package wasim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strconv"
)

// sampleVariety is how many different samples there are of most kinds.
const sampleVariety = 16

// SampleFile makes a small real file of a kind, for demos and tests: a landscape, a coloured video, a quiet voice note, a
// page of text. The same number gives the same file.
//
// It returns ErrBadDraft for a kind that has no file.
func SampleFile(kind Kind, number int) (File, error) {
	switch kind {
	case KindImage:
		return sampleImage(number)
	case KindSticker:
		return sampleSticker(number)
	case KindVideo, KindGIF, KindVideoNote:
		return sampleVideo(number)
	case KindVoice:
		seconds := 3 + number%10
		return File{Data: oggOpus(seconds), Mime: "audio/ogg; codecs=opus", Seconds: uint32(seconds), Waveform: sampleWaveform(number)}, nil
	case KindAudio:
		seconds := 5 + number%10
		return File{Data: silentMP3(seconds), Mime: "audio/mpeg", Seconds: uint32(seconds)}, nil
	case KindDocument:
		n := strconv.Itoa(number + 1)
		return File{
			Data: pdf("Document "+n, "A page that says nothing in particular."), Mime: "application/pdf", Name: "document-" + n + ".pdf", Pages: 1,
		}, nil
	default:
		return File{}, fmt.Errorf("%w: a %s has no file", ErrBadDraft, kind)
	}
}

// landscape draws hills under a sky.
func landscape(number, width, height int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	hue := float64(number%sampleVariety) / sampleVariety * 2 * math.Pi
	tone := func(shift float64) uint8 { return uint8(128 + 90*math.Sin(hue+shift)) }
	for y := range height {
		for x := range width {
			fx, fy := float64(x)/float64(width), float64(y)/float64(height)
			shade := color.RGBA{tone(0) / 2, uint8(120 + 100*fy), uint8(250 - 60*fy), 255}
			if math.Hypot(fx-0.75, (fy-0.25)*float64(height)/float64(width)) < 0.08 {
				shade = color.RGBA{255, 220, tone(1), 255}
			}
			for hill := range 3 {
				ridge := 0.5 + 0.15*float64(hill) + 0.08*math.Sin(fx*(4+float64(hill))+hue+2*float64(hill))
				if fy > ridge {
					shade = color.RGBA{tone(2) / uint8(hill+2), uint8(150 - 35*hill), tone(4) / uint8(hill+3), 255}
				}
			}
			picture.SetRGBA(x, y, shade)
		}
	}
	return picture
}

func sampleImage(number int) (File, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, landscape(number, 640, 480), &jpeg.Options{Quality: 75}); err != nil {
		return File{}, fmt.Errorf("sample picture: %w", err)
	}
	f := File{Data: out.Bytes(), Mime: "image/jpeg"}
	return f, f.measure()
}

const stickerSize = 192

// sampleSticker draws a disc with a ring.
func sampleSticker(number int) (File, error) {
	inside := func(x, y int) (ring, disc bool) {
		far := math.Hypot(float64(x)-stickerSize/2, float64(y)-stickerSize/2)
		return int(far)/(8+number%8)%2 == 0, far < stickerSize/2-2
	}
	small := image.NewNRGBA(image.Rect(0, 0, thumbnailSize, thumbnailSize))
	for y := range thumbnailSize {
		for x := range thumbnailSize {
			if ring, disc := inside(x*stickerSize/thumbnailSize, y*stickerSize/thumbnailSize); disc {
				shade := color.NRGBA{255, stickerDark, 40, 255}
				if ring {
					shade.G = stickerLight
				}
				small.SetNRGBA(x, y, shade)
			}
		}
	}
	var preview bytes.Buffer
	if err := png.Encode(&preview, small); err != nil {
		return File{}, fmt.Errorf("sample sticker: %w", err)
	}
	return File{
		Data: webp(stickerSize, stickerSize, inside), Mime: "image/webp", Width: stickerSize, Height: stickerSize, Thumbnail: preview.Bytes(),
	}, nil
}

// sampleWaveform is the loudness of somebody who talks.
func sampleWaveform(number int) []byte {
	wave := make([]byte, 64)
	for i := range wave {
		wave[i] = byte(50 + 45*math.Sin(float64(i*(number+3))/5)*math.Sin(float64(i)/9))
	}
	return wave
}

// pdf makes a page with a title and a line of text.
func pdf(title, text string) []byte {
	page := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (%s) Tj 0 -36 Td /F1 12 Tf (%s) Tj ET", title, text)
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	} {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return out.Bytes()
}

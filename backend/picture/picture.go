// Package picture makes pictures the way WhatsApp sends them: upright, no larger than needed, as JPEG, and without anything that the camera
// wrote beside them, such as where it was.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // one of the forms that are read
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // one of the forms that are read
)

// How large pictures are, in pixels of their longer side. What WhatsApp's own programs send in standard quality has 1,600; the small picture
// that comes inside a message is blown up behind it until the file is there.
const (
	LongestSide      = 1600
	LongestThumbnail = 100
)

// MaxPixels bounds what is decoded: a small file can unpack to gigabytes.
const MaxPixels = 64 << 20

const (
	quality          = 80 // of the JPEG, of 100
	thumbnailQuality = 50
	headSize         = 256 << 10 // in which the camera's notes lie
)

// ErrTooManyPixels means that a picture is larger than is decoded.
var ErrTooManyPixels = errors.New("the picture has too many pixels")

// Prepared is a picture as it is sent.
type Prepared struct {
	JPEG          []byte
	Width, Height int    // pixels
	Thumbnail     []byte // a JPEG
}

// Prepare reads a JPEG, PNG or WebP and makes of it what is sent. What is transparent becomes white. Errors: ErrTooManyPixels, and what
// decoding failed with.
func Prepare(file io.ReadSeeker) (Prepared, error) {
	source, turn, err := read(file)
	if err != nil {
		return Prepared{}, err
	}
	whole := upright(onWhite(shrink(source, LongestSide)), turn)
	out := Prepared{Width: whole.Rect.Dx(), Height: whole.Rect.Dy()}
	if out.JPEG, err = encode(whole, quality); err != nil {
		return Prepared{}, err
	}
	out.Thumbnail, err = encode(onWhite(shrink(whole, LongestThumbnail)), thumbnailQuality)
	return out, err
}

// Thumbnail reads a picture and makes the small one of it. Errors: as Prepare.
func Thumbnail(file io.ReadSeeker) ([]byte, error) {
	source, turn, err := read(file)
	if err != nil {
		return nil, err
	}
	return encode(upright(onWhite(shrink(source, LongestThumbnail)), turn), thumbnailQuality)
}

// read decodes a picture that is not too large, and tells how it was held.
func read(file io.ReadSeeker) (image.Image, int, error) {
	config, _, err := image.DecodeConfig(file)
	if err != nil {
		return nil, 0, err
	}
	if config.Width <= 0 || config.Height <= 0 || int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, 0, ErrTooManyPixels
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, 0, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	source, _, err := image.Decode(file)
	return source, Orientation(head[:n]), err
}

// shrink makes a picture smaller until its longer side has at most so many pixels; it never grows. It halves first: two pixels become one
// exactly, so that fine patterns do not turn into coarse ones.
func shrink(source image.Image, longest int) image.Image {
	for {
		size := source.Bounds().Size()
		most := max(size.X, size.Y)
		if most <= longest {
			return source
		}
		to := image.Pt(max(1, (size.X*longest+most/2)/most), max(1, (size.Y*longest+most/2)/most))
		if most > 2*longest {
			to = image.Pt(max(1, (size.X+1)/2), max(1, (size.Y+1)/2))
		}
		smaller := image.NewRGBA(image.Rectangle{Max: to})
		draw.ApproxBiLinear.Scale(smaller, smaller.Rect, source, source.Bounds(), draw.Src, nil)
		source = smaller
	}
}

// onWhite lays a picture on white.
func onWhite(source image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: source.Bounds().Size()})
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, source, source.Bounds().Min, draw.Over)
	return out
}

// upright turns and mirrors a picture as its orientation says.
func upright(source *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return source
	}
	w, h := source.Rect.Dx(), source.Rect.Dy()
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := turned(orientation, x, y, w, h)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], source.Pix[source.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned is where a pixel of a picture of w by h goes.
func turned(orientation, x, y, w, h int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	default:
		return image.Pt(y, w-1-x)
	}
}

func encode(source image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, source, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

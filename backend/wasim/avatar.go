package wasim

import (
	"hash/fnv"
	"image"
	"image/color"
	"math"
	"strings"
	"unicode"
)

// avatarSide is the width and height of a drawn picture, in pixels.
const avatarSide = 640

// drawAvatar draws a face on a coloured ground: the same name gives the same picture, and different names look different.
func drawAvatar(name string, side int) ([]byte, error) {
	hash := fnv.New64a()
	// Writing to a hash never fails.
	_, _ = hash.Write([]byte(strings.TrimSpace(name)))
	bits := hash.Sum64()
	ground := hue(float64(bits%360), 0.45, 0.82)
	skin := hue(18+float64(bits>>9%18), 0.30+float64(bits>>14%40)/100, 0.95-float64(bits>>20%45)/100)
	hair := hue(float64(bits>>26%45), 0.55, 0.15+float64(bits>>31%55)/100)
	shirt := hue(float64(bits>>37%360), 0.60, 0.60)
	long := letters(name) > 8 || bits>>47%2 == 0

	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for py := range side {
		for px := range side {
			x, y := (float64(px)+0.5)/float64(side), (float64(py)+0.5)/float64(side)
			m.SetRGBA(px, py, face(x, y, long, ground, skin, hair, shirt))
		}
	}
	return encodeJPEG(m)
}

// face is the colour of a point of a head with shoulders; x and y go from 0 to 1.
func face(x, y float64, long bool, ground, skin, hair, shirt color.RGBA) color.RGBA {
	ellipse := func(cx, cy, rx, ry float64) bool {
		dx, dy := (x-cx)/rx, (y-cy)/ry
		return dx*dx+dy*dy <= 1
	}
	dark := color.RGBA{R: 40, G: 34, B: 38, A: 255}
	switch {
	case ellipse(0.42, 0.44, 0.018, 0.024), ellipse(0.58, 0.44, 0.018, 0.024):
		return dark
	case ellipse(0.5, 0.55, 0.07, 0.035) && y > 0.555:
		return dark
	case ellipse(0.5, 0.46, 0.17, 0.22) && y > 0.34+0.06*math.Abs(x-0.5):
		return skin
	case ellipse(0.5, 0.42, 0.215, 0.25) && (y < 0.46 || long && y < 0.66):
		return hair
	case x > 0.44 && x < 0.56 && y > 0.6 && y < 0.76:
		return skin
	case ellipse(0.5, 1.02, 0.38, 0.30):
		return shirt
	default:
		return ground
	}
}

func letters(name string) int {
	n := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// hue converts a colour from hue (degrees), saturation and value (both from 0 to 1).
func hue(h, s, v float64) color.RGBA {
	part := func(n float64) uint8 {
		k := math.Mod(n+h/60, 6)
		return uint8(255 * v * (1 - s*max(0, min(k, 4-k, 1))))
	}
	return color.RGBA{R: part(5), G: part(3), B: part(1), A: 255}
}

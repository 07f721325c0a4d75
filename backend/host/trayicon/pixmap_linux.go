package trayicon

import (
	"bytes"
	"image/color"
	"image/png"
)

// pixmap is a picture as StatusNotifierItem has it: 32 bits for each point, alpha first, colours not multiplied by it.
type pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// pixmaps reads pictures; one that can't be read is left out.
func pixmaps(pictures [][]byte) []pixmap {
	out := make([]pixmap, 0, len(pictures))
	for _, content := range pictures {
		picture, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			continue
		}
		box := picture.Bounds()
		argb := make([]byte, 0, 4*box.Dx()*box.Dy())
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				c, _ := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
				argb = append(argb, c.A, c.R, c.G, c.B)
			}
		}
		out = append(out, pixmap{Width: int32(box.Dx()), Height: int32(box.Dy()), ARGB: argb})
	}
	return out
}

//go:build window

package smoke

import (
	"fmt"
	"image/png"
	"os"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// readQR does what a phone's camera does: it reads the code that a picture of the screen shows.
func readQR(picture string) (string, error) {
	file, err := os.Open(picture)
	if err != nil {
		return "", err
	}
	defer file.Close()
	shown, err := png.Decode(file)
	if err != nil {
		return "", err
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(shown)
	if err != nil {
		return "", err
	}
	code, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", fmt.Errorf("no code can be read in %s: %w", picture, err)
	}
	return code.GetText(), nil
}

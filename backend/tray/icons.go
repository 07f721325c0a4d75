package tray

import (
	"embed"

	"waflow/backend/domain"
)

// pictures are drawn by build/icons.sh.
//
//go:embed icons
var pictures embed.FS

// PNG returns a face in several sizes, smallest first.
func PNG(face domain.Status) [][]byte {
	var out [][]byte
	for _, size := range []string{"16", "22", "24", "32", "48", "64"} { // in points
		if content, err := pictures.ReadFile("icons/" + string(face) + "-" + size + ".png"); err == nil {
			out = append(out, content)
		}
	}
	return out
}

// ICO returns a face as Windows has it.
func ICO(face domain.Status) []byte {
	content, err := pictures.ReadFile("icons/" + string(face) + ".ico")
	if err != nil {
		return nil
	}
	return content
}

package bridge

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// asset answers with a file of the built interface; its names are checked by fs.FS, which knows no way out.
func (h *handler) asset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Files are only read.", http.StatusMethodNotAllowed)
		return
	}
	info, err := fs.Stat(h.Assets, name)
	if err != nil || info.IsDir() {
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			h.Logger.Error().Err(err).Msg("a file of the interface can't be read")
		}
		http.NotFound(w, r)
		return
	}
	if kind := kindOf(path.Ext(name)); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	if strings.HasPrefix(name, "assets/") {
		// The build names these by their content.
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	http.ServeFileFS(w, r, h.Assets, name)
}

// kindOf is the type of a file by its extension. It does not ask the system, whose registry may call a script plain text; "" lets
// net/http look.
func kindOf(extension string) string {
	switch extension {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return ""
}

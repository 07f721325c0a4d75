package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waflow/backend/domain"
)

// mediaPath is where the files of messages are served: /media/<message>, and /media/<message>/thumbnail. A message is a number, so that no name
// that somebody else chose is looked for anywhere.
const mediaPath = "/media/"

// mediaPolicy keeps a file that is opened by itself from doing anything, whatever it holds.
const mediaPolicy = "default-src 'none'; sandbox"

// Files are the files of messages.
type Files interface {
	// Open opens the file of a message. Errors: not_found for one that is not here.
	Open(ctx context.Context, id domain.MessageID) (domain.OpenMedia, error)
	// Thumbnail returns the small picture of a message, and its type. Errors: not_found.
	Thumbnail(ctx context.Context, id domain.MessageID) ([]byte, string, error)
	// Ask has the file of a message fetched. Errors: not_found.
	Ask(ctx context.Context, id domain.MessageID) error
	// Save puts a copy of the file of a message at a path, marked as one that came from elsewhere. Errors: not_found, storage_failed.
	Save(ctx context.Context, id domain.MessageID, path string) error
}

// Media serves the files of messages under /media/ to who was let in already, with ranges. What is not shown or played can only be saved.
func (f *Facades) Media() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+mediaPath+"{message}", f.served(serveFile))
	mux.HandleFunc("GET "+mediaPath+"{message}/thumbnail", f.served(serveThumbnail))
	mux.HandleFunc("POST "+attachedPath+"{attachment}", f.taken(takePiece))
	mux.HandleFunc("POST "+attachedPath+"{attachment}/poster", f.taken(takePoster))
	return mux
}

// IsMedia tells whether a request is one for Media.
func IsMedia(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, mediaPath) }

func (f *Facades) served(serve func(http.ResponseWriter, *http.Request, Files, domain.MessageID) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", mediaPolicy)
		id, ok := messageIn(r)
		if !ok || f.gate.wait(r.Context()) != nil {
			http.NotFound(w, r)
			return
		}
		services, _ := f.gate.state()
		if services == nil || services.Files == nil {
			http.NotFound(w, r)
			return
		}
		err := serve(w, r, services.Files, id)
		switch {
		case err == nil:
		case domain.CodeOf(err) == domain.CodeNotFound:
			http.NotFound(w, r)
		case !errors.Is(err, context.Canceled):
			services.Logger.Warn().Int64("message", int64(id)).Str("code", string(domain.CodeOf(err))).Msg("a file could not be served")
			http.Error(w, "The file can't be read.", http.StatusInternalServerError)
		}
	}
}

// messageIn reads the message of a path, written the one way in which it is.
func messageIn(r *http.Request) (domain.MessageID, bool) {
	text := r.PathValue("message")
	id, err := strconv.ParseInt(text, 10, 64)
	return domain.MessageID(id), err == nil && id > 0 && strconv.FormatInt(id, 10) == text
}

func serveFile(w http.ResponseWriter, r *http.Request, files Files, id domain.MessageID) error {
	open, err := files.Open(r.Context(), id)
	if err != nil {
		return err
	}
	defer func() { _ = open.File.Close() }()
	w.Header().Set("Content-Type", open.Type)
	if r.URL.Query().Has("save") || !isShown(open.Type) {
		w.Header().Set("Content-Disposition", attachment(savedName(open)))
	}
	serveContent(w, r, open.SHA256, open.File)
	return nil
}

func serveThumbnail(w http.ResponseWriter, r *http.Request, files Files, id domain.MessageID) error {
	picture, kind, err := files.Thumbnail(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	serveContent(w, r, "", bytes.NewReader(picture))
	return nil
}

// serveContent answers with a content, or a part of it. Pages ask each time whether theirs is still right: a message may have been deleted,
// and another workspace has others under the same numbers.
func serveContent(w http.ResponseWriter, r *http.Request, sum string, content io.ReadSeeker) {
	w.Header().Set("Cache-Control", "private, no-cache")
	if sum != "" {
		w.Header().Set("ETag", strconv.Quote(sum))
	}
	http.ServeContent(w, r, "", time.Time{}, content)
}

// isShown tells whether a type is shown or played in a page.
func isShown(kind string) bool {
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mp4", "audio/ogg", "audio/mpeg":
		return true
	}
	return false
}

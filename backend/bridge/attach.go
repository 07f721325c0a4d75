package bridge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"waflow/backend/domain"
)

// attachedPath is where the bytes of attached files go: pieces to /media/attached/<attachment>?at=<offset>, in order, and a picture from a video to
// /media/attached/<attachment>/poster. Pieces keep memory bounded wherever the page is shown: some windows hand a request on only once it is whole.
const attachedPath = mediaPath + "attached/"

// Bounds of one request.
const (
	maxPiece  = 4 << 20
	maxPoster = 1 << 20
)

// Tray takes files that are attached to what is written.
type Tray interface {
	// Attach begins to take a file. Errors: file_empty, file_too_large, too_many_files, storage_failed.
	Attach(ctx context.Context, sub domain.SubaccountID, name string, size int64) (string, error)
	// TakeBytes takes the next piece of it. Errors: not_found, conflict, file_unreadable, storage_failed.
	TakeBytes(ctx context.Context, id string, at int64, from io.Reader) error
	// TakePoster takes a picture from a video. Errors: not_found.
	TakePoster(ctx context.Context, id string, picture []byte) error
	// Attached says what it is once it is whole. Errors: not_found, file_unreadable, file_too_large, storage_failed.
	Attached(ctx context.Context, id string, hints domain.AttachmentHints) (domain.Attachment, error)
	// Detach lets go of it.
	Detach(id string)
}

// taken answers a request that brings bytes. Only a page of ours can name the header.
func (f *Facades) taken(take func(w http.ResponseWriter, r *http.Request, tray Tray) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Waflow") != "1" {
			writeProblem(w, http.StatusForbidden, unauthorized("Files come from Waflow's own page only."))
			return
		}
		if f.gate.wait(r.Context()) != nil {
			http.NotFound(w, r)
			return
		}
		services, _ := f.gate.state()
		if services == nil || services.Tray == nil {
			http.NotFound(w, r)
			return
		}
		if err := take(w, r, services.Tray); err != nil {
			problem := problemOf(err)
			writeProblem(w, statusOf(domain.Code(problem.Code)), problem)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func takePiece(w http.ResponseWriter, r *http.Request, tray Tray) error {
	at, err := strconv.ParseInt(r.URL.Query().Get("at"), 10, 64)
	if err != nil || at < 0 {
		return badArguments("The place of the piece is missing.")
	}
	return tooMuch(tray.TakeBytes(r.Context(), r.PathValue("attachment"), at, http.MaxBytesReader(w, r.Body, maxPiece)))
}

func takePoster(w http.ResponseWriter, r *http.Request, tray Tray) error {
	picture, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPoster))
	if err != nil {
		return tooMuch(err)
	}
	return tray.TakePoster(r.Context(), r.PathValue("attachment"), picture)
}

// tooMuch tells a request that is larger than any of ours.
func tooMuch(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return badArguments("The piece is too large.")
	}
	return err
}

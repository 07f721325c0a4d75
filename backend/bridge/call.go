package bridge

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"waflow/backend/domain"
)

// maxBody bounds the arguments of one call: a text of 64 KiB fits even when JSON writes two characters for one.
const maxBody = 256 << 10

// call answers POST /api/call/<method> with the method's result, or with a Problem.
func (h *handler) call(w http.ResponseWriter, r *http.Request) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("X-Waflow") != "1" || err != nil || kind != "application/json" {
		// A form of another page can send neither, and its script may not without asking first.
		writeProblem(w, http.StatusForbidden, unauthorized("Calls come from Waflow's own page only."))
		return
	}
	m, known := h.known[r.PathValue("method")]
	if !known {
		noSuchCall(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		writeProblem(w, http.StatusRequestEntityTooLarge, problemOf(&domain.Error{
			Code: domain.CodeTextTooLong, Message: "The text is longer than 64 KB.", Action: domain.ActionShorten,
		}))
		return
	case err != nil:
		writeProblem(w, http.StatusBadRequest, problemOf(badArguments("The request ended before its end.")))
		return
	}
	result, err := m.invoke(body)
	if err != nil {
		problem := problemOf(err)
		writeProblem(w, statusOf(domain.Code(problem.Code)), problem)
		return
	}
	writeJSON(w, http.StatusOK, result)
}

// statusOf is the HTTP status that goes with a code; the interface reads the code.
func statusOf(code domain.Code) int {
	switch code {
	case domain.CodeInvalid, domain.CodeTextEmpty, domain.CodeTextTooLong:
		return http.StatusBadRequest
	case domain.CodeUnauthorized:
		return http.StatusUnauthorized
	case domain.CodeNotFound:
		return http.StatusNotFound
	case domain.CodeInternal:
		return http.StatusInternalServerError
	case domain.CodeStorageFailed, domain.CodeNotConnected:
		return http.StatusServiceUnavailable
	default:
		return http.StatusConflict
	}
}

func writeProblem(w http.ResponseWriter, status int, p Problem) { writeJSON(w, status, p) }

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(asCallError(err).Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text) // who left does not read it
}

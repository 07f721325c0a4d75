// Package panics ends a panic at the boundary of the part it happened in: a defect costs that part one step and the other parts nothing. What
// a panic carries may be what people wrote, so its value is kept only where it is the runtime's own; the place where it happened always is.
package panics

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
)

// again is how long a part that panicked rests before it is begun anew.
const again = 5 * time.Second

// Into turns a panic of the function that defers it into the error that it returns, with the code internal and what as its sentence.
func Into(err *error, what string) {
	if p := recover(); p != nil {
		*err = &domain.Error{Code: domain.CodeInternal, Message: what, Err: fmt.Errorf("panic: %s\n%s", said(p), debug.Stack())}
	}
}

// Step does one thing for a part that goes on after it, whatever happens, and reports whether it came to its end. A panic is logged.
func Step(log zerolog.Logger, part string, do func()) (done bool) {
	defer func() {
		if p := recover(); p != nil {
			log.Error().Str("part", part).Str("panic", said(p)).Bytes("stack", debug.Stack()).Msg("a step panicked")
		}
	}()
	do()
	return true
}

// Part runs what goes on for long, until it returns by itself. After a panic it is run again, a little later, unless ctx has ended.
func Part(ctx context.Context, log zerolog.Logger, part string, run func()) {
	for !Step(log, part, run) {
		rest := time.NewTimer(again)
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
		rest.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// said is what may be written down of a panic.
func said(p any) string {
	if own, is := p.(runtime.Error); is {
		return own.Error()
	}
	return fmt.Sprintf("%T", p)
}

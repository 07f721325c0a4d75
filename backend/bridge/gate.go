package bridge

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"waflow/backend/domain"
)

// callTimeout bounds one call, with the wait for the engine.
const callTimeout = 30 * time.Second

// gate holds calls back until the engine is open, or is known not to open.
type gate struct {
	opened chan struct{} // closed as soon as it is known

	mu       sync.Mutex
	known    bool
	services *Services // nil while the engine is not open
	failure  failure
}

// failure is why the engine could not be opened, and what puts that right.
type failure struct {
	info   AppInfo
	err    error
	repair func(ctx context.Context, backup string) error // nil where nothing does
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

// attach lets calls through. The first one counts.
func (g *gate) attach(s Services) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.services == nil {
		g.services = &s
		g.settle()
	}
}

// fail answers calls with an error until the engine opens after all. Once it is open, that is so.
func (g *gate) fail(f failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.services == nil {
		g.failure = f
		g.settle()
	}
}

// settle lets those go on that wait. The caller holds the lock.
func (g *gate) settle() {
	if !g.known {
		g.known = true
		close(g.opened)
	}
}

// state is what the engine can be reached by, nil if it could not be opened; then why.
func (g *gate) state() (*Services, failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.services, g.failure
}

func (g *gate) wait(ctx context.Context) error {
	select {
	case <-g.opened:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask runs one call of a facade: once the engine is open, within a bounded time, with panics turned into errors. Every error it returns is
// the text of a Problem.
func ask[T any](g *gate, method string, do func(ctx context.Context, s Services) (T, error)) (T, error) {
	return askWithin(g, callTimeout, method, do)
}

// askWithin is ask for calls that take longer, because a person is asked in between.
func askWithin[T any](g *gate, limit time.Duration, method string, do func(ctx context.Context, s Services) (T, error)) (result T, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := g.wait(ctx); err != nil {
		return result, asCallError(notOpenYet(err))
	}
	services, failed := g.state()
	if services == nil {
		return result, asCallError(failed.err)
	}
	defer func() {
		if cause := recover(); cause != nil {
			// The value of a panic may hold what people wrote; the place where it happened does not.
			services.Logger.Error().Str("method", method).Bytes("stack", debug.Stack()).Msg("a call panicked")
			var none T
			result, err = none, asCallError(errPanic())
		}
	}()
	result, err = do(ctx, *services)
	if err == nil {
		return result, nil
	}
	if domain.CodeOf(err) == domain.CodeInternal {
		services.Logger.Error().Str("method", method).Str("error", domain.Masked(err.Error())).Msg("a call failed")
	}
	var none T
	return none, asCallError(err)
}

// tell is ask for calls without a result.
func tell(g *gate, method string, do func(ctx context.Context, s Services) error) error {
	_, err := ask(g, method, func(ctx context.Context, s Services) (struct{}, error) { return struct{}{}, do(ctx, s) })
	return err
}

func notOpenYet(err error) error {
	return &domain.Error{Code: domain.CodeInternal, Message: "The workspace is still opening.", Action: domain.ActionRetry, Err: err}
}

func errPanic() error { return errors.New("a defect in Waflow ended this call") }

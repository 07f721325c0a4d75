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
	once     sync.Once
	opened   chan struct{}
	services Services // set before opened is closed, as the two below
	failed   AppInfo
	err      error
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) attach(s Services) {
	g.once.Do(func() {
		g.services = s
		close(g.opened)
	})
}

func (g *gate) fail(info AppInfo, err error) {
	g.once.Do(func() {
		g.failed, g.err = info, err
		close(g.opened)
	})
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
func ask[T any](g *gate, method string, do func(ctx context.Context, s Services) (T, error)) (result T, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if err := g.wait(ctx); err != nil {
		return result, asCallError(notOpenYet(err))
	}
	if g.err != nil {
		return result, asCallError(g.err)
	}
	defer func() {
		if cause := recover(); cause != nil {
			// The value of a panic may hold what people wrote; the place where it happened does not.
			g.services.Logger.Error().Str("method", method).Bytes("stack", debug.Stack()).Msg("a call panicked")
			var none T
			result, err = none, asCallError(errPanic())
		}
	}()
	result, err = do(ctx, g.services)
	if err == nil {
		return result, nil
	}
	if domain.CodeOf(err) == domain.CodeInternal {
		g.services.Logger.Error().Str("method", method).Str("error", domain.Masked(err.Error())).Msg("a call failed")
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

// hasFailed tells whether the engine is known not to open.
func (g *gate) hasFailed() bool {
	select {
	case <-g.opened:
		return g.err != nil
	default:
		return false
	}
}

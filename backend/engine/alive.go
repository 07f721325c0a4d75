package engine

import (
	"context"
	"time"
)

// aliveEvery is how often it is noted that the application runs: a history is wrong by no more after a crash.
const aliveEvery = time.Minute

// keepAlive notes now and then that the application runs, and once more at its end. The first note waits: until then the devices have told
// their starts, which are about the end of the run before.
func (e *Engine) keepAlive(ctx context.Context) error {
	ticker := time.NewTicker(aliveEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.noteAlive(ctx)
		case <-ctx.Done():
			e.noteAlive(context.WithoutCancel(ctx))
			return nil
		}
	}
}

// noteAlive writes the note. A disk that refuses it is told by everything else that is written.
func (e *Engine) noteAlive(ctx context.Context) {
	if err := e.store.KeepAlive(ctx); err != nil {
		e.log.Warn().Err(err).Msg("could not note that Waflow runs")
	}
}

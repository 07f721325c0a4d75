//go:build window

package smoke

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// paintRuns is how often the window is opened to measure its start.
const paintRuns = 5

// The page marks the frame that first shows the workspace. With WAFLOW_PAINT, a file, the times from the start of the program to that
// frame are written there in milliseconds; without it this shows that the page marks it at all.
func TestFirstPaint(t *testing.T) {
	runs, file := 1, os.Getenv("WAFLOW_PAINT")
	if file != "" {
		runs = paintRuns
	}
	took := make([]float64, 0, runs)
	for range runs {
		t.Run("start", func(t *testing.T) {
			began := time.Now()
			w := openWindow(t)
			w.until(`performance.getEntriesByName("useful-paint").length > 0`)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var painted float64
			require.NoError(t, w.page.evaluate(ctx, `performance.timeOrigin + performance.getEntriesByName("useful-paint")[0].startTime`, &painted))
			ms := painted - float64(began.UnixMicro())/1000
			require.Positive(t, ms)
			took = append(took, ms)
		})
	}
	if file == "" {
		return
	}
	content, err := json.Marshal(took)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, content, 0o600))
}

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
)

// firstPaint measures the real window, from its start to the first frame that shows the workspace. The test of the window knows how to
// open one and look into it, so it measures and this reads what it found.
func firstPaint(ctx context.Context, _ programs) ([]result, error) {
	dir, err := os.MkdirTemp("", "waflow-paint-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	found := filepath.Join(dir, "paint.json")
	script := exec.CommandContext(ctx, "build/smoke.sh", "-run", "TestFirstPaint")
	script.Env = append(os.Environ(), "WAFLOW_PAINT="+found)
	script.Stdout, script.Stderr = os.Stderr, os.Stderr
	if err := script.Run(); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(found)
	if err != nil {
		return nil, err
	}
	var values []float64
	if err := json.Unmarshal(content, &values); err != nil {
		return nil, err
	}
	return []result{summarise("paint.first", "ms", values)}, nil
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSelected(t *testing.T) {
	all := []benchmark{{names: []string{"ingest.1"}}, {names: []string{"rss.1", "rss.10"}}, {names: []string{"start.1"}}}
	cases := map[string]int{"": 3, "ingest": 1, "rss.10": 1, "rss.1": 1, "ingest, start": 2, "ing": 0, "other": 0}
	for wanted, count := range cases {
		require.Len(t, selected(all, wanted), count, wanted)
	}
}

func TestSummarise(t *testing.T) {
	require.Equal(t, result{Name: "a", Unit: "ms", Value: 3, Runs: 3, Min: 1, Max: 9}, summarise("a", "ms", []float64{9, 1, 3}))
	compared := summarise("a", "1/s", []float64{4, 2}).against("rival", []float64{6})
	require.InDelta(t, 0.5, compared.Ratio, 1e-9)
	require.Equal(t, "rival", compared.Against)
}

func TestResultsAreWrittenInTheAgreedForm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	require.NoError(t, write(file, []result{summarise("ingest.1", "msg/s", []float64{2}).against("baresafe, same run", []float64{4})}))
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, `[{"name": "ingest.1", "value": 2, "unit": "msg/s", "runs": 1, "min": 2, "max": 2, "against": "baresafe, same run", "ratio": 0.5}]`, string(content))
}

func TestNoBenchmarkOfThatNameIsAnError(t *testing.T) {
	err := runAll(context.Background(), programs{}, "nothing", filepath.Join(t.TempDir(), "results.json"))
	require.ErrorIs(t, err, errNoSuchBenchmark)
}

func TestAFailureIsToldAndKeepsTheOthers(t *testing.T) {
	broken := errors.New("broken")
	measured, err := measure(context.Background(), programs{}, []benchmark{
		{names: []string{"a"}, run: func(context.Context, programs) ([]result, error) { return nil, broken }},
		{names: []string{"b"}, run: func(context.Context, programs) ([]result, error) {
			return []result{summarise("b", "ms", []float64{1})}, nil
		}},
	})
	require.ErrorIs(t, err, broken)
	require.Len(t, measured, 1)
	encoded, err := json.Marshal(measured)
	require.NoError(t, err)
	require.NotContains(t, string(encoded), "against")
}

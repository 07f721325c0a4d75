package main

import "slices"

// result is one figure as it is written to the file of results.
type result struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"` // the median of the runs
	Unit  string  `json:"unit"`
	Runs  int     `json:"runs"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	// Against names the rival measured in the same run; Ratio is our median over the rival's.
	Against string  `json:"against,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
}

// summarise makes one figure of the values that several runs gave; there has to be at least one.
func summarise(name, unit string, values []float64) result {
	return result{
		Name: name, Unit: unit, Value: median(values), Runs: len(values),
		Min: slices.Min(values), Max: slices.Max(values),
	}
}

// against adds the comparison with a rival's values from the same run.
func (r result) against(rival string, values []float64) result {
	r.Against, r.Ratio = rival, r.Value/median(values)
	return r
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

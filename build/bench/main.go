// Command bench measures the program with real parts and writes what it found. A benchmark is added to the catalogue.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
)

var errNoSuchBenchmark = errors.New("no benchmark has such a name")

// benchmark measures one or several figures that belong together and answers them.
type benchmark struct {
	// names of the figures, as in the results; one name selects the whole benchmark.
	names []string
	run   func(context.Context, programs) ([]result, error)
}

// programs are the paths of what the benchmarks start as processes of their own.
type programs struct {
	waflow string // the headless build
	wasim  string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "baresafe" {
		if err := runBaresafe(ctx, os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		return
	}
	names := flag.String("names", "", "comma-separated beginnings of names; empty runs everything")
	out := flag.String("out", "build/bench/results.json", "where the results are written")
	flag.Parse()
	p := programs{waflow: os.Getenv("WAFLOW_BIN"), wasim: os.Getenv("WASIM_BIN")}
	if err := runAll(ctx, p, *names, *out); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func runAll(ctx context.Context, p programs, names, out string) error {
	chosen := selected(catalogue(), names)
	if len(chosen) == 0 {
		return fmt.Errorf("%w: %q", errNoSuchBenchmark, names)
	}
	results, failed := measure(ctx, p, chosen)
	printTable(results)
	return errors.Join(failed, write(out, results))
}

// measure goes on after a benchmark that failed, so that one failure does not cost the figures of the others.
func measure(ctx context.Context, p programs, chosen []benchmark) ([]result, error) {
	results, failures := []result{}, []error{}
	for _, b := range chosen {
		name := strings.Join(b.names, " ")
		fmt.Fprintf(os.Stderr, "measuring %s\n", name)
		found, err := b.run(ctx, p)
		results = append(results, found...)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	return results, errors.Join(failures...)
}

// selected answers the benchmarks that have a name which is one of the wanted or begins with one and a dot.
func selected(all []benchmark, wanted string) []benchmark {
	if wanted == "" {
		return all
	}
	var chosen []benchmark
	for _, b := range all {
		if matches(b, strings.Split(wanted, ",")) {
			chosen = append(chosen, b)
		}
	}
	return chosen
}

func matches(b benchmark, wanted []string) bool {
	for _, name := range b.names {
		for _, w := range wanted {
			if w = strings.TrimSpace(w); name == w || strings.HasPrefix(name, w+".") {
				return true
			}
		}
	}
	return false
}

func printTable(results []result) {
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "name\tmedian\tunit\truns\tmin\tmax\tratio\tagainst")
	for _, r := range results {
		ratio := ""
		if r.Against != "" {
			ratio = fmt.Sprintf("%.2f", r.Ratio)
		}
		fmt.Fprintf(table, "%s\t%.4g\t%s\t%d\t%.4g\t%.4g\t%s\t%s\n", r.Name, r.Value, r.Unit, r.Runs, r.Min, r.Max, ratio, r.Against)
	}
	// A table that cannot be printed is no reason to lose the file.
	_ = table.Flush()
}

func write(out string, results []result) error {
	content, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(content, '\n'), 0o600)
}

package main

// catalogue lists every benchmark, in the order in which they run.
func catalogue() []benchmark {
	return []benchmark{
		{names: []string{"ingest.1"}, run: ingestOne},
		{names: []string{"ingest.50"}, run: ingestFifty},
		{names: []string{"send.1"}, run: sendOne},
		{names: []string{"history.200k", "history.200k.rss"}, run: history},
		{names: []string{"rss.1", "rss.10", "rss.50", "start.1", "start.50"}, run: devices},
		{names: []string{"echo.p95"}, run: echo},
		{names: []string{"demo.start"}, run: demoStart},
		{names: []string{"paint.first"}, run: firstPaint},
		{
			names: []string{
				"size.message", "open.1m", "inbox.p95", "thread.p95", "search.rare.p95", "search.common.p95", "search.prefix.p95", "search.unspaced.p95",
				"search.conversation.p95", "search.number.p95", "search.name.p95",
			},
			run: fullWorkspace,
		},
		{names: []string{"sim.devices", "sim.device", "sim.rate", "sim.cpu", "sim.rss"}, run: sinks},
	}
}

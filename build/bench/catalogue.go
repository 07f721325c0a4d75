package main

// catalogue lists every benchmark, in the order in which they run.
func catalogue() []benchmark {
	return []benchmark{}
}

// Package store keeps a workspace in one SQLite database: one file per aggregate, numbered migrations, a writer that commits what is
// queued as one group, and a pool of read-only connections.
//
// All writes go through one goroutine. A method that changes something returns once its change is on disk (synchronous=FULL), and what it
// returns is how things are after that commit. The SQL is that of SQLite and PostgreSQL; what only SQLite has is in connect.go, open.go and
// backup.go.
package store

package domain

import "time"

// Backup is a copy of a workspace's database.
type Backup struct {
	Name    string
	At      time.Time // when it was made
	Version int       // of its schema
}

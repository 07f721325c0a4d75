// Package faulty is a disk for tests, on Linux: SQLite, unmodified, reaches its files through it, and in a folder that it watches it can be
// full, broken, or lose the power.
package faulty

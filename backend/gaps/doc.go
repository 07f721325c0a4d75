// Package gaps finds out, after a device was away, what the time brought: what arrived late, and whether anything is missing, by comparing the
// conversations with the phone. What the phone hands over is kept as history: nothing of it is unread, and nothing is there twice.
package gaps

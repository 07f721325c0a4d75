// Package inbox holds what operators do with conversations: read, answer, retry, draft. Sending chooses the device by routing, makes the
// final payload, and hands it to the outbox, which never forgets it.
package inbox

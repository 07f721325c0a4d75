// Package pool keeps the devices of a workspace connected: one supervisor per device, which runs the machine of package device
// against a client, and one gate through which all of them dial.
//
// A supervisor is one goroutine that owns everything that changes about its device. Others, the client library included, talk to it by
// posting into its mailbox, which never blocks them; the supervisor itself never waits for the network or the disk. What has to wait runs
// elsewhere and reports back: a session has a goroutine that works through its connects, disconnects and closes one after the other, and
// the pool has one that writes the history in order and tries again while the disk refuses.
package pool

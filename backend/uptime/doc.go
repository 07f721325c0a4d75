// Package uptime computes from a device's history what could arrive when: the spans of a stretch of time, how much of them the device was
// up, and the blocks that a strip draws. It is pure: rows in, figures out.
package uptime

// Package sleep is what people are told about the computer's sleep and can do about it: when it slept, which messages were due meanwhile and
// wait for a word, and whether the computer is kept awake.
package sleep

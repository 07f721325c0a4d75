// Package device is the state machine of one device: what is told about it, and what to do next, after each thing that happens to it.
//
// It is pure. Next takes a state and an input and returns the state after it and the effects to carry out; it reads no clock, draws no
// random number and does no I/O: inputs carry the time and the chance. The package pool runs one machine per device against a client.
//
// Two ideas keep it small. First, the cause that people read and the phase of the connection are apart: a dial that is tried again keeps
// its cause (network_down) while the phase moves from waiting to dialing, so that the history has one row per cause and not one per try.
// Second, time enters as one alarm: State.Alarm says when the machine wants to be woken, and the input Alarm wakes it.
//
// Beside the machine stand the Senses, of the same kind: whether a device that seems connected hears anything, and how long its phone was not
// seen. What they find out comes to the machine as its inputs DeafSuspected, Heard, PhoneSilent and PhoneBack.
package device

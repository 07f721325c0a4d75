// Package doctor looks whether everything that a workspace needs is in order: its folder, its databases and keys, the computer's clock and
// disk, and the way to WhatsApp. It is made to be run beside a Waflow that is in use, and on a workspace that does not open any more: it
// makes, changes and takes nothing, and logs nobody in.
//
// Each check is a function of what it needs and answers findings: a check, a state, a reason, and whom it is about. What people read is
// chosen by check and reason. No finding holds a whole phone number, a key or a password.
package doctor

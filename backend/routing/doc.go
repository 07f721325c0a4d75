// Package routing decides which device of a subaccount an outgoing message goes from, and says why. It is a function of values: the
// conversation and the subaccount's devices as they are now.
package routing

// Package host is the operating system under Waflow: it tells that the computer has woken and that its way to the network is another one, says
// whether it is plugged in, and keeps it awake. Each system is asked by its own means; where one can't be asked, it is said, and nothing
// else depends on it: a sleep is noticed by the clocks too, and a network that is back by the next try.
package host

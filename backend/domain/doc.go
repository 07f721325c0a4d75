// Package domain holds the words of the product as types: subaccounts, devices, conversations, messages, statuses and causes,
// and the errors that people read. It imports the standard library only, and everything else imports it.
package domain

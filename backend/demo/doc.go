// Package demo is the world behind the demo workspace: a simulator of WhatsApp in this process with phones of ours and of contacts, and
// what the side panel does with them. Nothing in it reaches WhatsApp.
package demo

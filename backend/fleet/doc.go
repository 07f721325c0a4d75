// Package fleet holds what operators do with subaccounts and devices: create, name, choose the favourite, link, pause, take back. It keeps
// the store and the interface together: whatever it changes is published, and every change of a device's state becomes history.
package fleet

// Package fleet holds what operators do with subaccounts and devices: create, name, choose the favourite, link, pause, take back. It lays
// over the devices that are shown what is told about them between two rows of their history.
package fleet

// Package tray decides what the icon in the system's notification area shows about the fleet, and what closing the window does.
package tray

package autostart

import (
	"errors"

	"golang.org/x/sys/windows/registry"
)

// Keys below HKEY_CURRENT_USER: what is started when a person signs in, and what they turned off in the Task Manager.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// Read returns what the system holds of an entry.
func Read(e Entry) (State, error) {
	run, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return Off, nil
	}
	if err != nil {
		return Off, err
	}
	defer run.Close()
	value, _, err := run.GetStringValue(e.ID)
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return Off, err
	}
	return runState(value, approved(e), e), nil
}

// approved is what the Task Manager wrote of an entry, nothing if nobody used it.
func approved(e Entry) []byte {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer key.Close()
	value, _, err := key.GetBinaryValue(e.ID)
	if err != nil {
		return nil
	}
	return value
}

// Set makes or removes an entry. One that was turned off in the Task Manager is on again.
func Set(e Entry, on bool) error {
	run, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer run.Close()
	if !on {
		return gone(run.DeleteValue(e.ID))
	}
	if err := e.check(); err != nil {
		return err
	}
	if err := run.SetStringValue(e.ID, commandLine(e.Command)); err != nil {
		return err
	}
	choices, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
	if err != nil {
		return gone(err)
	}
	defer choices.Close()
	return gone(choices.DeleteValue(e.ID))
}

// gone is an error unless it says that something is not there.
func gone(err error) error {
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}

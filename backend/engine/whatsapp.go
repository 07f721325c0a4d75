package engine

import (
	"encoding/base64"
	"math/rand/v2"

	"waflow/backend/demo"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/whatsapp"
)

// chooseEndpoint reads which service the options name, before anything is touched on disk.
func (e *Engine) chooseEndpoint() error {
	e.endpoint = whatsapp.Endpoint{URL: e.options.Endpoint}
	if e.options.RootKey != "" {
		key, err := base64.StdEncoding.DecodeString(e.options.RootKey)
		if err != nil {
			return &domain.Error{
				Code: domain.CodeEndpointRefused, Err: err,
				Message: "The root key of the simulator has to be 32 bytes in base64.",
			}
		}
		e.endpoint.RootKey = key
	}
	return e.endpoint.Check()
}

// openWhatsApp opens the service that this process talks to: WhatsApp, a simulator on this machine, or the demo's own.
func (e *Engine) openWhatsApp() (err error) {
	if e.options.Kind == Demo {
		if err := e.openDemo(); err != nil {
			return err
		}
		e.endpoint = whatsapp.Endpoint{URL: e.demo.Endpoint(), RootKey: e.demo.RootKey()}
	}
	e.service, err = whatsapp.Configure(e.endpoint, whatsapp.Options{
		Logger: e.log, Now: e.options.Now, HTTPClient: e.options.HTTPClient, ProxyDial: e.options.ProxyDial, ProxyRoots: e.options.ProxyRoots,
	})
	return err
}

func (e *Engine) openDemo() error {
	seed := e.options.Seed
	if seed == 0 {
		seed = rand.Int64()
	}
	opened, err := demo.Open(demo.Config{
		Seed: seed, Now: e.options.Now, Logger: e.log,
		Shown:   e.shownCode,
		Publish: func(phone domain.SimulatedPhone) { e.bus.Publish(events.Demo(phone)) },
	})
	if err != nil {
		return err
	}
	e.demo = opened
	e.closers = append(e.closers, opened)
	return nil
}

// shownCode is the step of a device's link dialog that shows a code right now: what the person with the phone would see.
func (e *Engine) shownCode(id domain.DeviceID) (domain.PairingStep, bool) {
	step, ok := e.pool.PairingOf(id)
	return step, ok && (step.Kind == domain.PairingShowing || step.Kind == domain.PairingCode)
}

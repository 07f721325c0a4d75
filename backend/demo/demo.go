package demo

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// maxPhones bounds the demo.
const maxPhones = 60

// Config is what a demo is built from.
type Config struct {
	Seed   int64            // makes identities repeatable
	Now    func() time.Time // time.Now if nil
	Logger zerolog.Logger
	// Shown returns the step of a device's link dialog that shows a QR code, or one to type, right now.
	Shown func(domain.DeviceID) (step domain.PairingStep, ok bool)
	// Publish is told what a phone shows whenever that changed, ten times a second at most. It must not block.
	Publish func(domain.SimulatedPhone)
}

// Demo is a simulated WhatsApp with its phones. Its methods may be called from any goroutine; numbers are international digits.
type Demo struct {
	config  Config
	server  *wasim.Server
	clock   *clock
	threads []thread
	habits  habits
	links   []link // what Fill prepared and Run links

	mu        sync.Mutex
	ours      map[string]bool
	offline   map[string]bool
	answers   map[string]bool   // which contacts act by themselves
	languages map[string]string // of the contacts of the cast
	crowds    uint64            // how often a crowd has written
	behind    *wasim.Phone      // whose scene is not over: not shown yet, nil for none
	acted     chan struct{}     // closed and replaced when something changed that the simulator does not tell
}

// Open starts the simulator on a free loopback port and makes the phones. Close ends it.
func Open(config Config) (*Demo, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	clock := &clock{now: config.Now}
	server, err := wasim.New(wasim.Options{Seed: config.Seed, Now: clock.time, Logger: config.Logger})
	if err != nil {
		return nil, fmt.Errorf("make the simulator: %w", err)
	}
	d := &Demo{
		config: config, server: server, clock: clock,
		ours: map[string]bool{}, offline: map[string]bool{}, answers: map[string]bool{}, languages: map[string]string{},
		acted: make(chan struct{}),
	}
	if err := d.prepare(); err != nil {
		_ = server.Close()
		return nil, err
	}
	return d, nil
}

func (d *Demo) prepare() error {
	if err := d.server.Listen("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	c, err := readCast()
	if err != nil {
		return err
	}
	if d.habits, err = readHabits(); err != nil {
		return err
	}
	if d.threads, err = writeThreads(c, d.config.Seed, d.config.Now()); err != nil {
		return err
	}
	if err := d.hire(c); err != nil {
		return err
	}
	h, err := newHistorian(d.server, d.config.Seed)
	if err != nil {
		return err
	}
	for _, t := range d.threads {
		if err := h.write(t); err != nil {
			return err
		}
	}
	for _, m := range writeMeetings(c, d.config.Seed, d.config.Now()) {
		if err := h.meet(m); err != nil {
			return err
		}
	}
	return nil
}

// hire makes the phones of a cast.
func (d *Demo) hire(c cast) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range c.Houses {
		for _, r := range h.Devices {
			if _, err := d.addLocked(r.role, true); err != nil {
				return err
			}
		}
	}
	for _, r := range c.Spare {
		if _, err := d.addLocked(r, true); err != nil {
			return err
		}
	}
	for _, h := range c.Houses {
		for _, g := range h.Contacts {
			phone, err := d.addLocked(g.role, false)
			if err != nil {
				return err
			}
			d.languages[phone.Number()] = g.Language
			if err := d.answerLocked(phone, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// Endpoint is the websocket address that clients connect to.
func (d *Demo) Endpoint() string { return d.server.Endpoint() }

// RootKey is the public key, 32 bytes, that clients trust instead of WhatsApp's own.
func (d *Demo) RootKey() []byte {
	key := d.server.RootKey()
	return key[:]
}

// Close ends every connection and the simulator.
func (d *Demo) Close() error { return d.server.Close() }

// AddPhone adds a phone: one of ours that can be linked, or a contact's. It gets the next free number. Errors: invalid, conflict when there
// are as many as the demo holds.
func (d *Demo) AddPhone(_ context.Context, name string, ours bool) (domain.SimulatedPhone, error) {
	name, err := cleanName(name)
	if err != nil {
		return domain.SimulatedPhone{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.server.Phones()) >= maxPhones {
		return domain.SimulatedPhone{}, &domain.Error{Code: domain.CodeConflict, Message: "The demo holds no more phones.", Detail: map[string]string{"why": "full"}}
	}
	first := int64(firstContactNumber)
	if ours {
		first = firstOwnNumber
	}
	for d.server.Phone(plus(first)) != nil {
		first++
	}
	phone, err := d.addLocked(role{Number: plus(first), Name: name}, ours)
	if err != nil {
		return domain.SimulatedPhone{}, err
	}
	d.changedLocked()
	return d.viewLocked(phone), nil
}

func (d *Demo) addLocked(r role, ours bool) (*wasim.Phone, error) {
	phone, err := d.server.NewPhone(wasim.PhoneOptions{Number: r.Number, Name: r.Name, BusinessName: r.Business, Platform: r.Platform})
	if err != nil {
		return nil, fmt.Errorf("add a simulated phone: %w", err)
	}
	d.ours[phone.Number()] = ours
	return phone, nil
}

// changed wakes Run after something that the simulator does not tell by itself.
func (d *Demo) changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changedLocked()
}

func (d *Demo) changedLocked() {
	close(d.acted)
	d.acted = make(chan struct{})
}

// First numbers given to phones that are added, with "+" and counted upwards.
const (
	firstOwnNumber     = 34600000101
	firstContactNumber = 34600000201
)

func plus(number int64) string { return "+" + strconv.FormatInt(number, 10) }

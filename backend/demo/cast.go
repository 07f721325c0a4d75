package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"waflow/backend/domain"
)

// The people of the demo and what they write to each other. Numbers come from ranges that are kept free for films, or stand for nobody in
// the designs.
//
//go:embed data/*.json
var files embed.FS

// cast is who plays in a new demo: data/cast.json.
type cast struct {
	Houses []house `json:"houses"`
	Spare  []role  `json:"spare"` // phones of ours that nothing is linked to yet
}

// house is a business with a subaccount of its own.
type house struct {
	Name     string    `json:"name"`
	Story    string    `json:"story"` // the file under data/ with what is written there
	Devices  []ourRole `json:"devices"`
	Contacts []guest   `json:"contacts"`
	Groups   []circle  `json:"groups"`
}

// circle is a group in which a house and some of its contacts are.
type circle struct {
	Subject string       `json:"subject"`
	Device  int          `json:"device"` // which of the house's devices is in it
	Days    [][][]string `json:"days"`   // what was written on each of the days: whose number, "" for the house, and the text
}

// role is a phone.
type role struct {
	Number   string `json:"number"` // with "+"
	Name     string `json:"name"`
	Business string `json:"business"` // verified name of a business account
	Platform string `json:"platform"` // android if ""
}

// ourRole is a phone of a house, and the device that is linked to it.
type ourRole struct {
	role
	Label   string         `json:"label"`
	Purpose domain.Purpose `json:"purpose"`
	Ends    ending         `json:"ends"`
}

// guest is a contact of a house.
type guest struct {
	role
	First    string `json:"first"`    // what to call them; the first word of the name if ""
	Language string `json:"language"` // of what they write
	Device   int    `json:"device"`   // which of the house's devices they write to
}

// ending is what has happened to a device when the demo has begun.
type ending string

// The endings.
const (
	endsConnected ending = "connected"
	endsOffline   ending = "offline"  // its phone and computer have no network
	endsPaused    ending = "paused"   // somebody paused it
	endsUnlinked  ending = "unlinked" // somebody removed it on the phone
)

func (g guest) first() string {
	if g.First != "" {
		return g.First
	}
	first, _, _ := strings.Cut(g.Name, " ")
	return first
}

func readCast() (cast, error) {
	var c cast
	return c, readData("cast", &c)
}

func readData(name string, into any) error {
	raw, err := files.ReadFile("data/" + name + ".json")
	if err != nil {
		return fmt.Errorf("read the demo's data: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read the demo's %s: %w", name, err)
	}
	return nil
}

package bridge

import (
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// unknownZone is what the library says of a number that could be anywhere.
const unknownZone = "Etc/Unknown"

// zonesOf returns the time zones of the IANA database that a number's country or region has, nil where nothing is known.
func zonesOf(digits string) []string {
	number, err := phonenumbers.Parse("+"+digits, "")
	if digits == "" || err != nil {
		return nil
	}
	zones, err := phonenumbers.GetTimezonesForNumber(number)
	if err != nil || slices.Contains(zones, unknownZone) {
		return nil
	}
	return zones
}

package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"waflow/backend/domain"
	"waflow/backend/store"
	"waflow/backend/whatsapp"
)

// How long the network may take. Everything together ends with networkWithin, whatever it answers.
const (
	nameWithin    = 5 * time.Second
	reachWithin   = 8 * time.Second
	networkWithin = 12 * time.Second
	proxiesAtOnce = 16
)

// clockSlack is how far the computer's clock may be off without a word; whatsapp.ClockTolerance is where connections begin to fail.
const clockSlack = 2 * time.Minute

// Service is WhatsApp as devices reach it.
type Service interface {
	Probe(ctx context.Context, proxy domain.Proxy) error
	ClockOffset() (time.Duration, bool)
	Host() string
}

// Lookup finds the addresses of a name.
type Lookup func(ctx context.Context, name string) ([]string, error)

// checkName looks up WhatsApp's name the way this computer does.
func checkName(ctx context.Context, name string, lookup Lookup) Finding {
	if name == "" {
		return found(CheckName, Skipped, "simulator")
	}
	bounded, cancel := context.WithTimeout(ctx, nameWithin)
	defer cancel()
	addresses, err := lookup(bounded, name)
	var failed *net.DNSError
	switch {
	case err == nil && len(addresses) > 0 && !anyPublic(addresses):
		return found(CheckName, Failure, "blocked", "name", name)
	case err == nil && len(addresses) > 0:
		return found(CheckName, OK, "ok", "name", name)
	case bounded.Err() != nil, errors.As(err, &failed) && failed.IsTimeout:
		return found(CheckName, Failure, "no_answer", "name", name)
	}
	return found(CheckName, Failure, "not_found", "name", name)
}

// anyPublic tells whether one of the addresses may be WhatsApp's: filters answer with this computer's own, or none.
func anyPublic(addresses []string) bool {
	for _, address := range addresses {
		ip := net.ParseIP(address)
		if ip != nil && !ip.IsLoopback() && !ip.IsUnspecified() {
			return true
		}
	}
	return false
}

// checkReach connects to WhatsApp without a proxy, as far as logging in would begin. The error is what the clock is judged by.
func checkReach(ctx context.Context, service Service) (Finding, error) {
	bounded, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	err := service.Probe(bounded, domain.Proxy{})
	if err == nil {
		return found(CheckReach, OK, "ok"), nil
	}
	if bounded.Err() != nil {
		return found(CheckReach, Failure, "no_answer"), err
	}
	return found(CheckReach, Failure, unreached(err)), err
}

// unreached says why there is no connection.
func unreached(err error) string {
	var name *net.DNSError
	var slow net.Error
	var dial *net.OpError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.As(err, &name):
		return "no_name"
	case outOfPeriod(err):
		return "out_of_period"
	case errors.As(err, &authority), errors.As(err, &host):
		return "untrusted"
	case errors.As(err, &slow) && slow.Timeout():
		return "no_answer"
	case errors.As(err, &dial) && dial.Op == "dial":
		return "refused"
	}
	return "no_whatsapp"
}

// outOfPeriod tells whether a certificate is not valid at the time that this computer's clock shows.
func outOfPeriod(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// checkClock compares the computer's clock with WhatsApp's, as the answers told it. reached is what trying to reach WhatsApp failed with.
func checkClock(service Service, reached error) Finding {
	offset, known := service.ClockOffset()
	if !known {
		if outOfPeriod(reached) {
			return found(CheckClock, Failure, "out_of_period")
		}
		return found(CheckClock, Skipped, "unknown")
	}
	way := "ahead"
	if offset < 0 {
		way = "behind"
	}
	off := span(offset.Abs())
	switch {
	case offset.Abs() > whatsapp.ClockTolerance:
		return found(CheckClock, Failure, "far_"+way, "off", off)
	case offset.Abs() > clockSlack:
		return found(CheckClock, Warning, way, "off", off)
	}
	return found(CheckClock, OK, "ok")
}

// directly tells whether anything goes to WhatsApp without a proxy. Where every device has its own, this computer's address is not shown to
// WhatsApp for a check either.
func directly(inventory store.Inventory) bool {
	for _, d := range inventory.Devices {
		if d.Proxy.Direct() {
			return true
		}
	}
	return len(inventory.Devices) == 0
}

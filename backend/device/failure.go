package device

import (
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	"waflow/backend/domain"
)

// Failure is the kind of a failed dial.
type Failure string

// The kinds. An error that fits none is FailureServer: something answered badly, or nothing did.
const (
	FailureNetwork Failure = "network" // this computer reaches nothing
	FailureServer  Failure = "server"  // WhatsApp does not answer
	FailureProxy   Failure = "proxy"   // the device's proxy does not let us through
	FailureClock   Failure = "clock"   // this computer's clock is so wrong that certificates are not valid
	FailureRefused Failure = "refused" // answered, and refused for good
	FailureStorage Failure = "storage" // the session can't be read or written
)

// Failures returns every kind.
func Failures() []Failure {
	return []Failure{FailureNetwork, FailureServer, FailureProxy, FailureClock, FailureRefused, FailureStorage}
}

// Cause returns what is told about a device whose dial failed so.
func (f Failure) Cause() domain.Cause {
	switch f {
	case FailureNetwork:
		return domain.CauseNetworkDown
	case FailureProxy:
		return domain.CauseProxyFailed
	case FailureClock:
		return domain.CauseClockWrong
	case FailureRefused:
		return domain.CauseConnectRefused
	case FailureStorage:
		return domain.CauseStorageFailed
	case FailureServer:
	}
	return domain.CauseServerUnreachable
}

// Classify returns the kind of a dial's error. Coded errors say it themselves; the rest is read from the error chain of package net.
func Classify(err error) Failure {
	switch domain.CodeOf(err) {
	case domain.CodeClockWrong:
		return FailureClock
	case domain.CodeStorageFailed, domain.CodeStorageReadOnly, domain.CodeDatabaseDamaged:
		return FailureStorage
	case domain.CodeEndpointRefused:
		return FailureRefused
	case domain.CodeProxyFailed:
		return FailureProxy
	default:
	}
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return FailureClock
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return FailureNetwork
	}
	for _, errno := range unreachable() {
		if errors.Is(err, errno) {
			return FailureNetwork
		}
	}
	return FailureServer
}

// unreachable returns the system errors that say that this computer reaches nothing. The numbers after the named ones are Winsock's
// (WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH), which package syscall does not map; they mean nothing on other systems.
func unreachable() []syscall.Errno {
	return []syscall.Errno{syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.EADDRNOTAVAIL, 10050, 10051, 10065}
}

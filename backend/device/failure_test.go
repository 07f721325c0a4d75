package device

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestClassifyReadsTheErrorChain(t *testing.T) {
	dial := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	for name, tc := range map[string]struct {
		err  error
		want Failure
	}{
		"cable out":             {dial("dial", os.NewSyscallError("connect", syscall.ENETUNREACH)), FailureNetwork},
		"no route":              {dial("dial", os.NewSyscallError("connect", syscall.EHOSTUNREACH)), FailureNetwork},
		"no address":            {dial("dial", syscall.EADDRNOTAVAIL), FailureNetwork},
		"Windows, network down": {dial("dial", syscall.Errno(10051)), FailureNetwork},
		"no name service":       {dial("dial", &net.DNSError{Err: "no such host", Name: "web.whatsapp.com", IsNotFound: true}), FailureNetwork},
		"refused":               {dial("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED)), FailureServer},
		"reset":                 {dial("read", os.NewSyscallError("read", syscall.ECONNRESET)), FailureServer},
		"no answer":             {context.DeadlineExceeded, FailureServer},
		"captive portal":        {x509.UnknownAuthorityError{}, FailureServer},
		"expired":               {x509.CertificateInvalidError{Reason: x509.Expired}, FailureClock},
		"other certificate":     {x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, FailureServer},
		"coded proxy":           {&domain.Error{Code: domain.CodeProxyFailed, Err: dial("proxyconnect", &net.DNSError{})}, FailureProxy},
		"coded clock":           {&domain.Error{Code: domain.CodeClockWrong}, FailureClock},
		"coded disk":            {&domain.Error{Code: domain.CodeStorageFailed}, FailureStorage},
		"coded endpoint":        {&domain.Error{Code: domain.CodeEndpointRefused}, FailureRefused},
		"coded, with a cause":   {&domain.Error{Code: domain.CodeNotConnected, Err: dial("dial", syscall.ENETDOWN)}, FailureNetwork},
		"something else":        {errors.New("bad handshake"), FailureServer},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.want, Classify(fmt.Errorf("connect: %w", tc.err)))
		})
	}
}

func TestEachFailureHasItsCause(t *testing.T) {
	seen := map[domain.Cause]bool{}
	for _, f := range Failures() {
		require.False(t, seen[f.Cause()], "%s shares its cause with another", f)
		seen[f.Cause()] = true
		require.Contains(t, domain.Causes(), f.Cause())
	}
}

func TestBackoffStaysInItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		try := rapid.IntRange(-3, 1_000_000).Draw(t, "try")
		chance := rapid.Float64Range(0, 1).Draw(t, "chance")
		wait := Backoff(try, chance)
		require.GreaterOrEqual(t, wait, MinWait)
		require.LessOrEqual(t, wait, MaxWait)
		require.LessOrEqual(t, wait, Backoff(try+1, chance), "a later try never waits less for the same chance")
	})
	require.Equal(t, 2*time.Second, Backoff(1, 1))
	require.Equal(t, 16*time.Second, Backoff(4, 1))
	require.Equal(t, MaxWait, Backoff(5, 1))
	require.Equal(t, MinWait, Backoff(50, 0), "full jitter: even a late try may come at once")
}

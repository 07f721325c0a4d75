package whatsapp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

// WhatsApp's certificates are checked by this computer's clock: one that is a year off can't connect, and that is said. A server whose certificates
// are old while the clocks agree is a server that answers badly.
func TestCertificatesThatAreNotValidNow(t *testing.T) {
	for name, tc := range map[string]struct {
		ahead time.Duration // of the server's clock
		last  time.Duration
		code  domain.Code
	}{
		"a clock that is behind": {365 * 24 * time.Hour, 60 * 24 * time.Hour, domain.CodeClockWrong},
		"a clock that is ahead":  {-365 * 24 * time.Hour, 60 * 24 * time.Hour, domain.CodeClockWrong},
		"clocks that agree":      {-5 * time.Minute, time.Minute, domain.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			sim, err := wasim.New(wasim.Options{CertificatesLast: tc.last, Now: func() time.Time { return time.Now().Add(tc.ahead) }})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, sim.Close()) })
			key := sim.RootKey()
			service, err := whatsapp.Configure(
				whatsapp.Endpoint{URL: "ws://127.0.0.1:1/ws/chat", RootKey: key[:]}, whatsapp.Options{HTTPClient: sim.HTTPClient()})
			require.NoError(t, err)
			client, err := service.Open(t.Context(), t.TempDir()+"/session.db", domain.SessionHandlers{Event: func(domain.SessionEvent) {}})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, client.Close()) })
			require.Equal(t, tc.code, domain.CodeOf(client.Connect(t.Context())))
		})
	}
}

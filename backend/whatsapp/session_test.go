package whatsapp_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

func TestSettingsOfEveryClient(t *testing.T) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{})
	require.NoError(t, err)
	s := openSession(t, service, filepath.Join(t.TempDir(), "1.db"), newOwner())
	wa := s.Library()
	require.True(t, wa.SynchronousAck)
	require.True(t, wa.EnableDecryptedEventBuffer)
	require.True(t, wa.UseRetryMessageStore)
	require.True(t, wa.AutomaticMessageRerequestFromPhone)
	require.True(t, wa.ManualHistorySyncDownload)
	require.True(t, wa.DisableManualHistorySyncReceipt)
	require.True(t, wa.DisableLoginAutoReconnect)
	require.True(t, wa.AutoTrustIdentity)
	require.False(t, wa.EnableAutoReconnect)
	require.False(t, wa.InitialAutoReconnect)
	require.Nil(t, wa.MessengerConfig)
	require.NotNil(t, wa.PrePairCallback)

	require.Equal(t, "Waflow", store.DeviceProps.GetOs())
	require.Equal(t, waCompanionReg.DeviceProps_DESKTOP, store.DeviceProps.GetPlatformType())
	require.True(t, store.DeviceProps.GetRequireFullSync())
}

func TestSessionFile(t *testing.T) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "1-1.db")
	s := openSession(t, service, file, newOwner())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "cache_size": "-512", "fullfsync": "1",
	} {
		got, err := s.Query("PRAGMA " + pragma)
		require.NoError(t, err)
		require.Equal(t, want, got, pragma)
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	_, err = service.Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "directory.db"), newOwner().handlers())
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(err))
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	require.NoError(t, os.WriteFile(damaged, bytes.Repeat([]byte("no database "), 1000), 0o600))
	_, err = service.Open(t.Context(), damaged, newOwner().handlers())
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(err))
}

func TestClosedSession(t *testing.T) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{})
	require.NoError(t, err)
	s := openSession(t, service, filepath.Join(t.TempDir(), "1.db"), newOwner())
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.Equal(t, domain.CodeConflict, domain.CodeOf(s.Connect(t.Context())))
	_, err = s.Send(t.Context(), s.compose(t, domain.Peer{LID: "1"}, "x"))
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(err))
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(s.Logout(t.Context())))
	s.Disconnect()
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// The log of a session with everything that makes the library talk holds no text, number, name or key.
func TestLogsGiveNothingAway(t *testing.T) {
	const canary = "canary-7f3a91"
	var log syncBuffer
	server := newServer(t)
	phone, ana := newPhone(t, server, ourNumber, canary+" desk"), newPhone(t, server, anasNumber, canary+" ana")
	service := newService(t, server, whatsapp.Options{Logger: zerolog.New(&log)})
	s := openSession(t, service, filepath.Join(t.TempDir(), "1.db"), newOwner())
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)

	s.onReceive(func(in domain.Inbound) error {
		if in.Message != nil && strings.HasSuffix(in.Message.Text, "panic") {
			panic(in.Message.Text)
		}
		return nil
	})
	out := s.compose(t, peerOf(ana), canary+" out")
	_, err := s.Send(t.Context(), out)
	require.NoError(t, err)
	_, err = s.Send(t.Context(), s.compose(t, domain.Peer{Number: "34999999999"}, canary))
	require.Error(t, err)
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ourNumber, Count: 1}))
	for _, text := range []string{"in", "broken", "panic"} {
		_, err = ana.SendText(t.Context(), ourNumber, canary+" "+text)
		require.NoError(t, err)
	}
	s.awaitTexts(t, 2)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "panicked") }, patience, time.Millisecond)
	require.NoError(t, server.Inject(wasim.Fault{Kind: wasim.FaultLoginFailure, Number: ourNumber, Count: 1, Code: 418}))
	s.Disconnect()
	require.NoError(t, s.Connect(t.Context()))
	s.await(t, domain.SessionRefused)
	s.dial(t)
	phone.UnlinkAll()
	s.await(t, domain.SessionLoggedOut)

	written := log.String()
	require.NotEmpty(t, written)
	require.NotContains(t, written, canary)
	for _, p := range []*wasim.Phone{phone, ana} {
		require.NotContains(t, written, peerOf(p).Number)
		require.NotContains(t, written, peerOf(p).LID)
	}
	require.NotContains(t, written, "34999999999")
	require.NotContains(t, written, fmt.Sprintf("%x", out.Payload))
	require.NotContains(t, written, `"level":"debug"`)
}

func TestMaskText(t *testing.T) {
	for text, want := range map[string]string{
		"Failed to send 34600000013:5@s.whatsapp.net":  "Failed to send …13:5@s.whatsapp.net",
		"took 20.5s for 412 items":                     "took 20.5s for 412 items",
		`name "Ana García" changed`:                    "name … changed",
		"key dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIzNDU2Nzg=": "key …",
		"hash 00112233445566778899aabbccddeeff":        "hash …",
		"websocket not connected":                      "websocket not connected",
	} {
		require.Equal(t, want, whatsapp.MaskText(text))
	}
}

package history_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/history"
	"waflow/backend/store"
)

// phones stands for the devices' connections: what each piece holds, and which can't be had.
type phones struct {
	mu      sync.Mutex
	away    bool
	pieces  map[string]domain.Past
	told    []string
	fetched map[string]int
}

func (p *phones) History(_ context.Context, _ domain.DeviceID, notice domain.InboundHistory, take func(domain.Past) error) error {
	p.mu.Lock()
	piece, ok := p.pieces[notice.WAID]
	away := p.away
	p.fetched[notice.WAID]++
	p.mu.Unlock()
	switch {
	case away:
		return &domain.Error{Code: domain.CodeNotConnected}
	case !ok:
		return &domain.Error{Code: domain.CodeHistoryTooLarge}
	}
	return take(piece)
}

func (p *phones) HistoryKept(_ context.Context, _ domain.DeviceID, notice domain.InboundHistory) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, notice.WAID)
	return nil
}

func (p *phones) connect(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = !on
}

func (p *phones) offer(waid string, piece domain.Past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pieces[waid] = piece
}

func (p *phones) knows() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.told...)
}

func (p *phones) tried(waid string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetched[waid]
}

func TestPiecesAreKeptInOrderWheneverTheDeviceIsThere(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: zerolog.Nop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	sub, err := s.CreateSubaccount(t.Context(), domain.Subaccount{Name: "Hotel Miramar", Initials: "HM", Colour: "teal"})
	require.NoError(t, err)
	device, err := s.CreateDevice(t.Context(), domain.Device{
		Ref: domain.DeviceRef{Subaccount: sub.ID}, Label: "Reception", Purpose: domain.PurposeSupport, Priority: domain.PriorityMedium,
	})
	require.NoError(t, err)
	ana := domain.Peer{LID: "100000000000027", Number: "34600000027"}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	text := func(waid string) domain.Past {
		return domain.Past{Messages: []domain.InboundMessage{{WAID: waid, Chat: ana, Sender: ana, At: at, Kind: domain.KindText, Text: waid}}}
	}
	for i, waid := range []string{"first", "broken", "last"} {
		notice := &domain.InboundHistory{WAID: waid, Type: "RECENT", Chunk: i, At: at, Raw: []byte("a key"), Percent: 50 + 10*i}
		require.NoError(t, s.Receive(t.Context(), device.Ref, domain.Inbound{History: notice}))
	}

	p := &phones{away: true, pieces: map[string]domain.Past{"first": text("first"), "last": text("last")}, fetched: map[string]int{}}
	w := history.New(history.Config{Store: s, Devices: p, Keep: s.KeepPast, Logger: zerolog.Nop()})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.Wake(device.Ref.Device)
	require.Eventually(t, func() bool { return p.tried("first") == 1 }, 10*time.Second, time.Millisecond)
	require.Empty(t, p.knows())

	p.connect(true)
	w.Wake(device.Ref.Device)
	require.Eventually(t, func() bool { return len(p.knows()) == 2 }, 10*time.Second, time.Millisecond)
	require.Equal(t, []string{"first", "last"}, p.knows(), "what can't be read holds nothing back")
	require.Eventually(t, func() bool {
		jobs, err := s.HistoryJobs(t.Context(), device.Ref.Device)
		return err == nil && len(jobs) == 0
	}, 10*time.Second, time.Millisecond)
	progress, err := s.HistoryProgress(t.Context())
	require.NoError(t, err)
	require.Equal(t, []domain.HistoryProgress{{
		Ref: device.Ref, Percent: 70, Pieces: 3, Refused: 1, Why: domain.CodeHistoryTooLarge, Chats: 1, Messages: 2,
	}}, progress)

	w.Wake(device.Ref.Device)
	p.offer("broken", text("mended"))
	require.NoError(t, s.HistoryAgain(t.Context(), device.Ref))
	w.Wake(device.Ref.Device)
	require.Eventually(t, func() bool { return len(p.knows()) == 3 }, 10*time.Second, time.Millisecond)
	require.Equal(t, 2, p.tried("broken"), "once by itself, and once because somebody said so")
	cancel()
	require.NoError(t, <-ended)

	page, _, _, err := s.Conversations(t.Context(), domain.ConversationQuery{})
	require.NoError(t, err)
	require.Len(t, page, 1)
	_, _, count, err := s.Messages(t.Context(), page[0].Ref.Conversation, "", 10)
	require.NoError(t, err)
	require.Equal(t, 3, count)
}

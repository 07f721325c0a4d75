package demo_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/demo"
	"waflow/backend/domain"
)

const (
	clinic = "34600000071"
	julia  = "5511900000201"
	maria  = "34600000021"
)

// watched is a demo whose publications are kept.
type watched struct {
	*demo.Demo
	mu     sync.Mutex
	latest []domain.SimulatedPhone
	told   chan struct{}
}

func open(t *testing.T) *watched {
	w := &watched{told: make(chan struct{}, 1)}
	d, err := demo.Open(demo.Config{
		Seed:  4127,
		Shown: func(domain.DeviceID) (domain.PairingStep, bool) { return domain.PairingStep{}, false },
		Publish: func(p domain.SimulatedPhone) {
			w.mu.Lock()
			w.latest = append(slices.DeleteFunc(w.latest, func(other domain.SimulatedPhone) bool { return other.Number == p.Number }), p)
			w.mu.Unlock()
			select {
			case w.told <- struct{}{}:
			default:
			}
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, d.Close())
		requireNoGoroutines(t)
	})
	w.Demo = d
	return w
}

// requireNoGoroutines waits until nothing of the demo and its simulator runs.
func requireNoGoroutines(t *testing.T) {
	t.Helper()
	var left atomic.Value
	defer func() {
		if t.Failed() {
			t.Log(left.Load())
		}
	}()
	require.Eventually(t, func() bool {
		buf := make([]byte, 1<<20)
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			ours := strings.Contains(stack, "waflow/backend/demo.") || strings.Contains(stack, "waflow/backend/wasim.")
			if ours && !strings.Contains(stack, "testing.tRunner") {
				left.Store(stack)
				return false
			}
		}
		return true
	}, 10*time.Second, 5*time.Millisecond, "a goroutine is left")
}

// run keeps the demo publishing until the test ends.
func (w *watched) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
}

// until waits for a publication that holds what is asked for.
func (w *watched) until(t *testing.T, what string, holds func(phones []domain.SimulatedPhone) bool) {
	deadline := time.After(10 * time.Second)
	for {
		w.mu.Lock()
		ok := holds(w.latest)
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-w.told:
		case <-deadline:
			require.FailNow(t, "not published: "+what)
		}
	}
}

func phone(phones []domain.SimulatedPhone, number string) domain.SimulatedPhone {
	i := slices.IndexFunc(phones, func(p domain.SimulatedPhone) bool { return p.Number == number })
	if i < 0 {
		return domain.SimulatedPhone{}
	}
	return phones[i]
}

func lastMessage(p domain.SimulatedPhone) domain.SimulatedMessage {
	if len(p.Chats) == 0 {
		return domain.SimulatedMessage{}
	}
	messages := p.Chats[0].Messages
	return messages[len(messages)-1]
}

func TestNewDemoHasPhonesOfOursAndOfContacts(t *testing.T) {
	phones := open(t).State()
	ours := slices.DeleteFunc(slices.Clone(phones), func(p domain.SimulatedPhone) bool { return !p.Ours })
	require.Len(t, ours, 6, "one for each device, and one to link")
	require.Len(t, phones, 46)
	for _, p := range phones {
		require.True(t, p.Network, p.Name)
		require.Zero(t, p.Linked)
		require.Equal(t, p.Name == "Bella Lua", len(p.Chats) == 0, "%s has a past", p.Name)
	}
}

func TestWhatAPhoneWritesIsPublishedOnBothAndReadTicksComeBack(t *testing.T) {
	w := open(t)
	w.run(t)
	require.NoError(t, w.Write(t.Context(), julia, clinic, "Oi! Tem horário amanhã?"))
	w.until(t, "the text on the clinic's phone", func(p []domain.SimulatedPhone) bool {
		return lastMessage(phone(p, clinic)).Text == "Oi! Tem horário amanhã?"
	})
	require.NoError(t, w.Read(t.Context(), clinic, julia))
	w.until(t, "the read tick on Júlia's phone", func(p []domain.SimulatedPhone) bool {
		m := lastMessage(phone(p, julia))
		return m.Out && m.Tick == domain.ReceiptRead
	})
	chat := phone(w.State(), julia).Chats[0]
	require.Equal(t, "Clínica Vida", chat.PeerName)
	require.Equal(t, clinic, chat.Peer)
}

func TestContactWithoutNetworkReceivesWhenItIsBack(t *testing.T) {
	w := open(t)
	w.run(t)
	require.NoError(t, w.SetNetwork(t.Context(), maria, false))
	w.until(t, "María's phone without network", func(p []domain.SimulatedPhone) bool { return !phone(p, maria).Network && len(p) > 0 })
	require.NoError(t, w.Write(t.Context(), clinic, maria, "Su cita es mañana"))
	require.NotEqual(t, "Su cita es mañana", lastMessage(phone(w.State(), maria)).Text)

	err := w.Write(t.Context(), maria, clinic, "gracias")
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(err))

	require.NoError(t, w.SetNetwork(t.Context(), maria, true))
	w.until(t, "what came meanwhile", func(p []domain.SimulatedPhone) bool {
		return lastMessage(phone(p, maria)).Text == "Su cita es mañana"
	})
}

func TestAddedPhonesGetNumbersOfTheirOwn(t *testing.T) {
	w := open(t)
	w.run(t)
	first, err := w.AddPhone(t.Context(), "  Ana   Beltrán ", false)
	require.NoError(t, err)
	require.Equal(t, "Ana Beltrán", first.Name)
	second, err := w.AddPhone(t.Context(), "Sol y Brasa", true)
	require.NoError(t, err)
	require.True(t, second.Ours)
	require.NotEqual(t, first.Number, second.Number)
	w.until(t, "the added phone", func(p []domain.SimulatedPhone) bool { return phone(p, second.Number).Name == "Sol y Brasa" })

	for _, bad := range []string{"", " \t", "a\x00b", strings.Repeat("x", 61), "\xff"} {
		_, err := w.AddPhone(t.Context(), bad, false)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "%q", bad)
	}
}

func TestDemoHoldsABoundedNumberOfPhones(t *testing.T) {
	w := open(t)
	var err error
	for range 100 {
		if _, err = w.AddPhone(t.Context(), "one more", false); err != nil {
			break
		}
	}
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	require.Len(t, w.State(), 60)
}

func TestWhatCanNotBeDone(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	tests := map[string]struct {
		err  error
		want domain.Code
	}{
		"write from nobody":        {w.Write(ctx, "34600000999", clinic, "hi"), domain.CodeNotFound},
		"write to nobody":          {w.Write(ctx, julia, "34600000999", "hi"), domain.CodeNotFound},
		"write to no number":       {w.Write(ctx, julia, "'; --", "hi"), domain.CodeNotFound},
		"write nothing":            {w.Write(ctx, julia, clinic, " \n"), domain.CodeTextEmpty},
		"write too much":           {w.Write(ctx, julia, clinic, strings.Repeat("x", domain.MaxTextBytes+1)), domain.CodeTextTooLong},
		"write what is no text":    {w.Write(ctx, julia, clinic, "\xff"), domain.CodeInvalid},
		"read with nobody's phone": {w.Read(ctx, "34600000999", clinic), domain.CodeNotFound},
		"read nobody's chat":       {w.Read(ctx, julia, "34600000999"), domain.CodeNotFound},
		"network of nobody":        {w.SetNetwork(ctx, "34600000999", false), domain.CodeNotFound},
		"unlink nobody":            {w.Unlink(ctx, "34600000999"), domain.CodeNotFound},
		"scan with nobody's phone": {w.Scan(ctx, "34600000999", 1), domain.CodeNotFound},
		"take over nobody's link":  {w.TakeOver(ctx, "34600000999"), domain.CodeNotFound},
		"take over no link":        {w.TakeOver(ctx, clinic), domain.CodeConflict},
		"scan while none is shown": {w.Scan(ctx, clinic, 1), domain.CodeNotFound},
	}
	for name, tt := range tests {
		require.Equal(t, tt.want, domain.CodeOf(tt.err), name)
	}
}

func TestLongestTextArrivesWhole(t *testing.T) {
	w := open(t)
	w.run(t)
	text := strings.Repeat("é", domain.MaxTextBytes/2)
	require.NoError(t, w.Write(t.Context(), julia, clinic, text))
	w.until(t, "64 KB", func(p []domain.SimulatedPhone) bool { return lastMessage(phone(p, clinic)).Text == text })
}

func TestCodeThatIsNoneIsToldAsOutOfDate(t *testing.T) {
	d, err := demo.Open(demo.Config{Shown: func(domain.DeviceID) (domain.PairingStep, bool) { return domain.PairingStep{Code: "not a code"}, true }, Publish: func(domain.SimulatedPhone) {}})
	require.NoError(t, err)
	defer d.Close()
	require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(d.Scan(t.Context(), clinic, 1)))
}

func TestRunEndsWhenTheDemoIsClosed(t *testing.T) {
	w := open(t)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(t.Context()) }()
	w.until(t, "the first state", func(p []domain.SimulatedPhone) bool { return len(p) > 0 })
	require.NoError(t, w.Close())
	require.NoError(t, <-ended)
}

package whatsapp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// signs is how often the phone was seen since forget.
func (o *owner) signs() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lockedSigns()
}

func (o *owner) lockedSigns() int {
	n := 0
	for _, ev := range o.events {
		if ev.Kind == domain.SessionPhoneSeen {
			n++
		}
	}
	return n
}

// greeted waits until the phone has told a new device the four things that it tells every one, and forgets them.
func greeted(t *testing.T, s *session) *session {
	t.Helper()
	s.until(t, "the phone's greetings", func() bool { return s.lockedSigns() >= 4 })
	s.forget()
	return s
}

// The phone answers by itself what it is asked, and neither question nor answer shows anywhere.
func TestAskingThePhone(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, "+34600000013", "Clinic")
	s := greeted(t, link(t, server, phone))
	s.forget()
	require.NoError(t, s.AskPhone(t.Context()))
	seen := s.await(t, domain.SessionPhoneSeen)
	require.WithinDuration(t, time.Now(), seen.At, patience)
	require.Empty(t, phone.Messages(phone.Number()))
	require.Empty(t, s.messages())

	phone.SetOwnNetwork(false)
	s.forget()
	require.NoError(t, s.AskPhone(t.Context()), "WhatsApp keeps the question")
	require.Zero(t, s.signs())
	phone.SetOwnNetwork(true)
	s.await(t, domain.SessionPhoneSeen)

	s.Disconnect()
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(s.AskPhone(t.Context())))
}

// What its person writes on the phone is a sign of life; what others write, and what another computer of the account sends, is not.
func TestSignsOfThePhone(t *testing.T) {
	server := newServer(t)
	phone, ana := newPhone(t, server, "+34600000013", "Clinic"), newPhone(t, server, "+34600000027", "Ana")
	s := greeted(t, link(t, server, phone))
	computer, err := phone.AddComputer("Front desk")
	require.NoError(t, err)
	s.forget()
	for n, write := range []func() (string, error){
		func() (string, error) { return ana.SendText(t.Context(), phone.Number(), "Hola") },
		func() (string, error) { return computer.SendText(t.Context(), ana.Number(), "Hola, Ana") },
	} {
		_, err := write()
		require.NoError(t, err)
		s.awaitTexts(t, n+1)
		require.Zero(t, s.signs())
	}
	_, err = phone.SendText(t.Context(), ana.Number(), "from the phone")
	require.NoError(t, err)
	s.await(t, domain.SessionPhoneSeen)
}

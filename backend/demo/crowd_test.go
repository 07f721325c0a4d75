package demo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestContactReadsAndAnswersByItself(t *testing.T) {
	w := open(t)
	w.run(t)
	require.True(t, phone(w.State(), maria).Answers)
	require.NoError(t, w.Write(t.Context(), clinic, maria, "Su cita es mañana"))
	w.until(t, "that María reads", func(p []domain.SimulatedPhone) bool {
		for _, c := range phone(p, clinic).Chats {
			for _, m := range c.Messages {
				if c.Peer == maria && m.Text == "Su cita es mañana" && m.Tick == domain.ReceiptRead {
					return true
				}
			}
		}
		return false
	})

	require.NoError(t, w.SetAnswers(t.Context(), maria, false))
	w.until(t, "that she stops", func(p []domain.SimulatedPhone) bool { return !phone(p, maria).Answers })
	require.Equal(t, domain.CodeConflict, domain.CodeOf(w.SetAnswers(t.Context(), clinic, true)))
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(w.SetAnswers(t.Context(), "34600000999", true)))
}

func TestCrowdWritesToTheHousesItKnows(t *testing.T) {
	w := open(t)
	w.run(t)
	require.NoError(t, w.SetNetwork(t.Context(), maria, false))
	before := written(w.State())
	count, err := w.Crowd(t.Context(), 40)
	require.NoError(t, err)
	require.GreaterOrEqual(t, count, 39, "all but the one without network, some of them more than once")
	w.until(t, "what the crowd wrote, on the phones of the houses", func(p []domain.SimulatedPhone) bool { return written(p) == before+count })
	for _, bad := range []int{0, -1, 61} {
		_, err := w.Crowd(t.Context(), bad)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	}
}

// written counts what the phones of ours show that they did not write themselves.
func written(phones []domain.SimulatedPhone) int {
	count := 0
	for _, p := range phones {
		for _, c := range p.Chats {
			for _, m := range c.Messages {
				if p.Ours && !m.Out {
					count++
				}
			}
		}
	}
	return count
}

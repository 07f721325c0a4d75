package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheVersionOfWhatsAppIsKept(t *testing.T) {
	s := fresh(t)
	kept := func() [3]uint32 {
		v, err := s.KeptVersion(t.Context())
		require.NoError(t, err)
		return v
	}
	require.Zero(t, kept())
	for _, v := range [][3]uint32{{2, 3000, 1023223821}, {2, 3000, 1023223822}, {}} {
		require.NoError(t, s.KeepVersion(t.Context(), v))
		require.Equal(t, v, kept())
	}
	_, err := s.write.Exec(t.Context(), "INSERT INTO settings (key, value) VALUES ($1, 'the newest')", versionKey)
	require.NoError(t, err)
	require.Zero(t, kept(), "what can't be read is looked up again")
}

package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnceIsOnceForEachThingAndSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	open := func() *Store {
		s, err := Open(t.Context(), Options{Dir: dir})
		require.NoError(t, err)
		return s
	}
	s := open()
	ask := func(name string) bool {
		first, err := s.Once(t.Context(), name)
		require.NoError(t, err)
		return first
	}
	require.True(t, ask("closing"))
	require.False(t, ask("closing"))
	require.True(t, ask("other"))
	require.NoError(t, s.Close())
	s = open()
	require.False(t, ask("closing"))
	require.NoError(t, s.Close())
}

package panics_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

const written = "see you at eight, 34600000027"

func TestAPanicIsAnErrorThatSaysWhereAndNotWhatPeopleWrote(t *testing.T) {
	do := func() (err error) {
		defer panics.Into(&err, "a thing could not be done")
		panic(written)
	}
	err := do()
	require.Equal(t, domain.CodeInternal, domain.CodeOf(err))
	whole := errors.Unwrap(err).Error()
	require.Contains(t, whole, "panics_test.go")
	require.NotContains(t, whole, "eight")
	require.NotContains(t, whole, "34600000027")
}

func TestWhatReturnsIsLeftAsItIs(t *testing.T) {
	refused := errors.New("refused")
	do := func() (err error) {
		defer panics.Into(&err, "a thing could not be done")
		return refused
	}
	require.Equal(t, refused, do())
	require.True(t, panics.Step(zerolog.Nop(), "a part", func() {}))
}

func TestAStepThatPanicsIsLoggedWithoutWhatPeopleWrote(t *testing.T) {
	var log bytes.Buffer
	require.False(t, panics.Step(zerolog.New(&log), "a part", func() { panic(written) }))
	require.Contains(t, log.String(), `"part":"a part"`)
	require.Contains(t, log.String(), "panics_test.go")
	require.NotContains(t, log.String(), "eight")

	log.Reset()
	var none map[string]int
	require.False(t, panics.Step(zerolog.New(&log), "a part", func() { none["a"]++ }))
	require.Contains(t, log.String(), "nil map")
}

func TestAPartIsBegunAgainUntilItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		panics.Part(t.Context(), zerolog.Nop(), "a part", func() {
			if runs++; runs < 4 {
				panic("again")
			}
		})
		require.Equal(t, 4, runs)
	})
}

func TestAPartThatPanicsAlwaysEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		runs := 0
		panics.Part(ctx, zerolog.Nop(), "a part", func() {
			runs++
			panic("again")
		})
		require.Error(t, ctx.Err())
		require.InDelta(t, 12, runs, 2, "it rests in between")
	})
}

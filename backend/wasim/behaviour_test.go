package wasim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// half is a chance that is always in the middle.
func half() float64 { return 0.5 }

// at is a moment on some day.
func at(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

func TestWhatAScriptedContactDecides(t *testing.T) {
	hears := func(text string, received int) occasion {
		return occasion{at: at(10, 0), name: "Ana", from: "+34600000013", text: text, received: received}
	}
	answers := &Answering{After: Span{Min: 10, Max: 20}, Typing: 4, Lines: []string{"{name}: {text} ({n})"}}
	reads := &Reading{After: Span{Min: 2, Max: 4}}
	opts := &OptOut{Words: []string{"STOP", "BAJA"}}
	const from = "+34600000013"
	for name, c := range map[string]struct {
		behaviour Behaviour
		occasion  occasion
		want      []act
	}{
		"nothing by itself": {Behaviour{}, hears("hi", 1), nil},
		"only reads": {Behaviour{Reading: reads}, hears("hi", 1), []act{
			{3 * time.Second, actOpen, "", ""}, {3 * time.Second, actRead, from, ""}, {33 * time.Second, actLeave, "", ""},
		}},
		"reads, types, answers, leaves": {Behaviour{Reading: reads, Answering: answers}, hears("hi", 1), []act{
			{3 * time.Second, actOpen, "", ""},
			{3 * time.Second, actRead, from, ""},
			{14 * time.Second, actType, from, ""},
			{18 * time.Second, actWrite, from, "Ana: hi (1)"},
			{48 * time.Second, actLeave, "", ""},
		}},
		"answers without reading": {Behaviour{Answering: answers}, hears("hi", 7), []act{
			{11 * time.Second, actType, from, ""}, {15 * time.Second, actWrite, from, "Ana: hi (7)"}, {45 * time.Second, actLeave, "", ""},
		}},
		"seldom answers":                 {Behaviour{Answering: &Answering{Chance: 0.4, Lines: []string{"yes"}}}, hears("hi", 1), nil},
		"does not answer another script": {Behaviour{Answering: answers}, occasion{at: at(10, 0), from: from, received: 1, scripted: true}, nil},
		"accepts the offer to opt out": {Behaviour{OptOut: opts}, hears("Answer baja to end this", 1), []act{
			{0, actOptOut, from, "BAJA"}, {linger, actLeave, "", ""},
		}},
		"was not offered it": {Behaviour{OptOut: opts}, hears("hi", 9), nil},
		"has had enough": {Behaviour{OptOut: &OptOut{Words: []string{"STOP"}, After: 3}}, hears("hi", 3), []act{
			{0, actOptOut, from, "STOP"}, {linger, actLeave, "", ""},
		}},
		"has opted out": {Behaviour{OptOut: opts, Answering: answers}, occasion{at: at(10, 0), from: from, text: "STOP?", received: 4, optedOut: true}, nil},
		"bears two":     {Behaviour{Patience: &Patience{Messages: 2, Block: true}, Reading: nil}, hears("hi", 2), nil},
		"blocks and reports at the third": {Behaviour{Patience: &Patience{Messages: 2, Block: true, Report: true}}, hears("hi", 3), []act{
			{0, actReport, from, ""}, {0, actBlock, from, ""},
		}},
		"is patient with whom it has written to": {
			Behaviour{Patience: &Patience{Messages: 2, Block: true}},
			occasion{at: at(10, 0), from: from, received: 30, written: 1},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.behaviour.validate())
			require.Equal(t, c.want, c.behaviour.decide(c.occasion, half))
		})
	}
}

func TestHoursOfReading(t *testing.T) {
	for _, c := range []struct {
		from, until float64
		now         time.Time
		want        time.Duration
	}{
		{0, 0, at(3, 0), 0},
		{9, 21.5, at(21, 29), 0},
		{9, 21.5, at(21, 30), 11*time.Hour + 30*time.Minute},
		{9, 21.5, at(8, 45), 15 * time.Minute},
		{22, 6, at(23, 0), 0},
		{22, 6, at(5, 59), 0},
		{22, 6, at(12, 0), 10 * time.Hour},
	} {
		require.InDelta(t, c.want, Reading{From: c.from, Until: c.until}.waits(c.now), float64(time.Millisecond), "%v", c)
	}
}

func TestWritingFollowsTheCurve(t *testing.T) {
	curve := make([]float64, 24)
	curve[10], curve[11] = 1, 0.25
	b := Behaviour{Writing: &Writing{To: []string{"+34600000013"}, PerHour: 600, Curve: curve, Lines: []string{"n {n}"}}}
	require.NoError(t, b.validate())
	random := rand.New(rand.NewPCG(7, 7)).Float64
	written := map[int]int{}
	for now := at(9, 0); now.Before(at(13, 0)); {
		acts := b.decide(occasion{at: now}, random)
		if len(acts) == 2 {
			written[now.Hour()]++
		}
		again := acts[len(acts)-1]
		require.Equal(t, actAgain, again.kind)
		now = now.Add(again.after)
	}
	require.InDelta(t, 600, written[10], 100)
	require.InDelta(t, 150, written[11], 50)
	require.Zero(t, written[9]+written[12])
}

func TestBehavioursThatMakeNoSense(t *testing.T) {
	for name, b := range map[string]Behaviour{
		"nothing to answer":  {Answering: &Answering{}},
		"backward in time":   {Reading: &Reading{After: Span{Min: 3, Max: 1}}},
		"before":             {Reading: &Reading{After: Span{Min: -1}}},
		"hour 25":            {Reading: &Reading{Until: 25}},
		"chance above one":   {Answering: &Answering{Lines: []string{"x"}, Chance: 1.5}},
		"no word":            {OptOut: &OptOut{}},
		"an empty word":      {OptOut: &OptOut{Words: []string{""}}},
		"to nobody":          {Writing: &Writing{PerHour: 1, Lines: []string{"x"}}},
		"half a curve":       {Writing: &Writing{To: []string{"+34600000013"}, PerHour: 1, Lines: []string{"x"}, Curve: make([]float64, 12)}},
		"a curve of nothing": {Writing: &Writing{To: []string{"+34600000013"}, PerHour: 1, Lines: []string{"x"}, Curve: make([]float64, 24)}},
		"too much":           {Writing: &Writing{To: []string{"+34600000013"}, PerHour: 1e9, Lines: []string{"x"}}},
	} {
		require.ErrorIs(t, b.validate(), ErrBadBehaviour, name)
	}
}

package engine

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/inbox"
)

// openTheDemo opens a demo and runs it; it is stopped at the end of the test.
func openTheDemo(t *testing.T) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	e, err := Open(ctx, Options{Dir: t.TempDir(), Kind: Demo, Mode: Serve, Version: "test", Seed: 4127})
	if err != nil {
		cancel()
	}
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, e.Close())
	})
	return &running{Engine: e, t: t}
}

func (r *running) causes() map[string]domain.Cause {
	r.t.Helper()
	devices, err := r.store.Devices(within(r.t))
	require.NoError(r.t, err)
	out := map[string]domain.Cause{}
	for _, d := range devices {
		out[d.Label] = d.State.Cause
	}
	return out
}

// A new demo is a workspace in use: its devices were linked by their phones, and what they are now has really happened to them.
func TestDemoBeginsInUse(t *testing.T) {
	r := openTheDemo(t)
	subaccounts, err := r.store.Subaccounts(within(t))
	require.NoError(t, err)
	require.Len(t, subaccounts, 3, "there when somebody looks first")
	want := map[string]domain.Cause{
		"Recepción": domain.CauseOnline, "Presupuestos": domain.CausePaused,
		"Secretaría": domain.CauseOnline, "Deutsch": domain.CauseUnlinked,
		"Workshop": domain.CauseServerUnreachable,
	}
	r.await(func() bool {
		is := r.causes()
		for label, cause := range want {
			if is[label] != cause {
				return false
			}
		}
		return len(is) == len(want)
	})
}

// What the people wrote to each other before the devices were linked comes as history from the phones.
func TestDemoHasWeeksOfHistory(t *testing.T) {
	r := openTheDemo(t)
	var page inbox.Page
	r.await(func() bool {
		var err error
		page, err = r.inbox.Conversations(within(t), domain.ConversationQuery{Limit: 100})
		require.NoError(t, err)
		told, err := r.store.HistoryProgress(within(t))
		require.NoError(t, err)
		return len(page.Conversations) >= 43 && !slices.ContainsFunc(told, func(p domain.HistoryProgress) bool { return !p.Done() })
	})
	require.Len(t, page.Conversations, 43, "forty-one people and two groups")
	all := 0
	for _, c := range page.Conversations {
		messages := r.messages(c.Ref.Conversation)
		// How much they wrote depends on the day of the week on which the demo is opened.
		require.Greater(t, len(messages), 1, c.Title)
		all += len(messages)
		seen := map[string]bool{}
		for i, m := range messages {
			require.False(t, seen[m.WAID], "once")
			seen[m.WAID] = true
			require.False(t, i > 0 && m.At.Before(messages[i-1].At), "in order")
		}
	}
	require.Greater(t, all, 300)
}

// One conversation of the demo holds everything that can come in one, as it came from the phones.
func TestDemoHoldsEveryKind(t *testing.T) {
	r := openTheDemo(t)
	var messages []domain.Message
	r.await(func() bool {
		page, err := r.inbox.Conversations(within(t), domain.ConversationQuery{Limit: 100})
		require.NoError(t, err)
		for _, c := range page.Conversations {
			if strings.HasPrefix(c.Title, "Eleanor") {
				messages = r.messages(c.Ref.Conversation)
			}
		}
		return len(everythingOf(messages)) == 26
	})
	require.Contains(t, texts(messages), "And a new number. Thank you for everything! 🌞", "she goes on in the same conversation")
}

// everythingOf names the kinds of some messages, and what else can be said of them.
func everythingOf(messages []domain.Message) map[string]bool {
	out := map[string]bool{}
	for _, m := range messages {
		out[string(m.Kind)] = true
		for what, is := range map[string]bool{
			"edited": !m.Edited.IsZero(), "deleted": m.Deleted != nil, "reactions": len(m.Reactions) == 1, "both votes": len(m.Votes) == 2, "answer": m.Answers != 0,
		} {
			if is {
				out[what] = true
			}
		}
		if c := m.Content; c != nil {
			for what, is := range map[string]bool{"forwarded": c.Forwarded > 4, "once": c.Once, "timer": c.Timer > 0, "preview": c.Preview != nil} {
				if is {
					out[what] = true
				}
			}
			if c.Notice != nil {
				out["notice "+string(c.Notice.Kind)] = true
			}
		}
	}
	return out
}

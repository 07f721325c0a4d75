package domain_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// Whatever is kept and whatever the rule: what is to be sent stays, nothing stays that is older than something of the same size rule that
// went, and what stays keeps to the rule.
func TestChoosingFilesThatGo(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var files []domain.KeptFile
		for i := range rapid.IntRange(0, 30).Draw(t, "files") {
			files = append(files, domain.KeptFile{
				SHA256: strconv.Itoa(i), Size: int64(rapid.IntRange(0, 100).Draw(t, "size")), Messages: 1,
				Newest:       now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour),
				Conversation: domain.ConversationID(rapid.IntRange(1, 8).Draw(t, "conversation")),
				Waiting:      rapid.IntRange(0, 4).Draw(t, "waiting") == 0,
			})
		}
		rule := domain.CleanRule{
			OlderThan: time.Duration(rapid.IntRange(0, 110).Draw(t, "older")) * time.Hour,
			MaxBytes:  int64(rapid.IntRange(0, 2000).Draw(t, "most")),
		}
		gone := rule.Choose(files, now)
		went := map[string]bool{}
		var newest time.Time
		for _, f := range gone {
			require.False(t, f.Waiting)
			require.False(t, f.Newest.Before(newest), "the oldest first")
			newest = f.Newest
			require.False(t, went[f.SHA256], "once")
			went[f.SHA256] = true
		}
		var left, loose int64
		for _, f := range files {
			if went[f.SHA256] {
				continue
			}
			left += f.Size
			if f.Waiting {
				continue
			}
			loose += f.Size
			if rule.OlderThan > 0 {
				require.False(t, f.Newest.Before(now.Add(-rule.OlderThan)), "too old")
			}
			require.False(t, len(gone) > 0 && f.Newest.Before(newest), "a newer one went before it")
		}
		if rule.MaxBytes > 0 {
			require.True(t, left <= rule.MaxBytes || loose == 0, "too much")
		}
		if !rule.Set() {
			require.Empty(t, gone)
		}
		if rule.OlderThan == 0 && len(gone) > 0 {
			last := gone[len(gone)-1]
			require.Greater(t, left+last.Size, rule.MaxBytes, "no more than had to")
		}

		sum := domain.SumCleanup(gone)
		require.Equal(t, len(gone), sum.Files)
		require.LessOrEqual(t, len(sum.Most), domain.MaxCleanupShares)
		for i := 1; i < len(sum.Most); i++ {
			require.GreaterOrEqual(t, sum.Most[i-1].Bytes, sum.Most[i].Bytes)
		}
	})
}

package wasim_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

// The same story with the same seed has the same people, LIDs, ids and order of events, at the same times.
func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	first, second := tell(t, 42), tell(t, 42)
	require.Equal(t, first, second)
	require.Greater(t, len(first), 60)
	other := tell(t, 43)
	require.NotEqual(t, first, other)
}

// tell plays a story of some hours and returns its people and events. What happened at the same instant has no order, and
// ids that the client library made are left out, because it draws them from the system's random numbers.
func tell(t *testing.T, seed int64) []string {
	path := filepath.Join(t.TempDir(), "session.db")
	var lines []string
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: seed})
		clinic, ana, ben := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		write := func(p *wasim.Phone, text string) {
			_, err := p.SendText(t.Context(), clinic.Number(), text)
			require.NoError(t, err)
			synctest.Wait()
		}
		write(ana, "one")
		time.Sleep(time.Hour)
		_, err := c.sendText(jid(t, ana.LID()), "two")
		require.NoError(t, err)
		synctest.Wait()
		_, err = ana.MarkRead(clinic.Number())
		require.NoError(t, err)
		clinic.SetNetwork(false)
		synctest.Wait()
		write(ben, "three")
		time.Sleep(time.Minute)
		write(ana, "four")
		clinic.SetNetwork(true)
		c.relogin()
		c.awaitText("four")
		synctest.Wait()
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDoubleMessage, Count: 1}))
		write(ben, "five")
		clinic.UnlinkAll()
		synctest.Wait()
		for _, p := range s.Phones() {
			lines = append(lines, p.Name()+" "+p.LID())
		}
		events := s.Ledger().Events()
		slices.SortStableFunc(events, func(x, y wasim.Event) int {
			if at := x.At.Compare(y.At); at != 0 {
				return at
			}
			return strings.Compare(x.Who.String()+x.What+stable(x.ID), y.Who.String()+y.What+stable(y.ID))
		})
		for _, e := range events {
			lines = append(lines, fmt.Sprint(e.At.Format(time.StampMilli), " ", e.Who, " ", e.What, " ", stable(e.ID)))
		}
		quietly(c)
	})
	return lines
}

// stable leaves an id out that a client made.
func stable(id string) string {
	if strings.HasPrefix(id, "AC") {
		return id
	}
	return ""
}

func TestTranscriptIsForPeople(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 7})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		time.Sleep(24 * time.Hour)
		id, err := ana.SendText(t.Context(), clinic.Number(), "a secret")
		require.NoError(t, err)
		c.awaitText("a secret")
		synctest.Wait()
		text := s.Transcript()
		require.True(t, strings.HasPrefix(text, "seed 7, the last "), text)
		require.Contains(t, text, "Sat 1 Jan 2000\nAna is +34600000021, Clinic is +34600000013\n00:00:00.000  ")
		require.Contains(t, text, "Clinic/1         was linked\n")
		require.Regexp(t, "Sun 2 Jan 2000\n00:00:[0-9.]+  Ana              wrote to Clinic …"+id[len(id)-6:], text)
		require.Contains(t, text, "Clinic/1         sent receipt inactive for …"+id[len(id)-6:])
		require.NotContains(t, text, "secret")
		require.NotContains(t, text, id)
		quietly(c)
	})
}

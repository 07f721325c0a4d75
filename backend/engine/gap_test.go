package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
)

// write has Ana write some messages, a minute apart, and returns how many she wrote in all.
func (b *bubble) write(what string, count int) {
	b.t.Helper()
	for n := range count {
		_, err := b.ana.SendText(within(b.t), b.ours.Number(), fmt.Sprintf("%s %d", what, n+1))
		require.NoError(b.t, err)
		time.Sleep(time.Minute)
	}
}

// inUse links the device and has Ana write twice.
func (b *bubble) inUse() {
	b.t.Helper()
	b.link(b.reception, b.ours)
	b.write("before", 2)
}

// cutOff takes the device's way to WhatsApp while Ana writes three times.
func (b *bubble) cutOff() {
	b.t.Helper()
	b.ours.SetNetwork(false)
	b.shows(domain.CauseServerUnreachable)
	b.write("meanwhile", 3)
}

// unlinked has the phone unlink the device.
func (b *bubble) unlinked() {
	b.t.Helper()
	require.Equal(b.t, 1, b.ours.UnlinkAll())
	b.shows(domain.CauseUnlinked)
}

// gaps are those of the device, oldest first.
func (b *bubble) allGaps() []domain.Gap {
	b.t.Helper()
	d, err := b.store.Device(context.Background(), b.reception)
	require.NoError(b.t, err)
	gaps, err := b.store.Gaps(context.Background(), d.Ref, time.Time{}, b.now())
	require.NoError(b.t, err)
	return gaps
}

// settled waits until the newest gap has an outcome.
func (b *bubble) settled(state domain.GapState) domain.Gap {
	b.t.Helper()
	for end := b.now().Add(time.Hour); ; time.Sleep(time.Second) {
		if gaps := b.allGaps(); len(gaps) > 0 && gaps[0].State == state {
			return gaps[0]
		}
		require.True(b.t, b.now().Before(end), "no gap came to be %s: %+v", state, b.allGaps())
	}
}

// complete checks the database against the ledger, and that nobody is bothered with what came late from the phone.
func (b *bubble) complete(unread int) {
	b.t.Helper()
	d, err := b.store.Device(context.Background(), b.reception)
	require.NoError(b.t, err)
	b.world.compare(b.running, d.Ref.Subaccount, b.ana)
	require.Equal(b.t, unread, b.conversation(d.Ref.Subaccount).Unread)
}

func TestAfterADropWhatArrivedLateIsCountedAndTheRestIsChecked(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.inUse()
		b.cutOff()
		b.ours.SetNetwork(true)

		g := b.settled(domain.GapVerified)
		require.Equal(t, 3, g.Late)
		require.Zero(t, g.Found)
		require.False(t, g.Relinked)
		require.InDelta(t, 3*time.Minute, g.To.Sub(g.From), float64(time.Minute))
		b.write("after", 1)
		b.complete(6)
	})
}

func TestABlipIsNoGap(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		time.Sleep(time.Hour)
		b.ours.DropConnections()
		b.shows(domain.CauseConnecting)
		b.well()
		require.Empty(t, b.allGaps())
	})
}

func TestWhatWasWrittenWhileUnlinkedIsFetchedFromThePhone(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.inUse()
		b.unlinked()
		b.write("meanwhile", 5)
		b.link(b.reception, b.ours)

		g := b.settled(domain.GapVerified)
		require.True(t, g.Relinked)
		require.Equal(t, 5, g.Found)
		require.Zero(t, g.Late)
		b.write("after", 1)
		b.complete(3)
	})
}

func TestWhatANewLinkDoesNotBringIsAskedFor(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.inUse()
		b.unlinked()
		b.write("meanwhile", 250)
		const away = 120 * 24 * time.Hour // longer than a phone hands over by itself
		b.skew.Add(int64(away))
		b.slept.Add(int64(away))
		time.Sleep(time.Minute)
		b.link(b.reception, b.ours)

		g := b.settled(domain.GapVerified)
		require.Equal(t, 250, g.Found)
		b.complete(2)
	})
}

func TestAPhoneThatIsOffProvesNothing(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.inUse()
		b.cutOff()
		b.ours.SetOwnNetwork(false)
		b.ours.SetNetwork(true)
		g := b.settled(domain.GapNotProvable)
		require.Equal(t, 3, g.Late, "that is known all the same")
		page, err := facade[*bridge.Timeline](b).Changes(int64(b.reception), 0, false, 50)
		require.NoError(t, err)
		require.Len(t, page.Gaps, 1)
		require.Equal(t, 1, page.Gaps[0].Doubts)
		require.Equal(t, "Ana Beltrán", page.Gaps[0].Chats[0].Title, "where something may be missing is named")
		b.complete(5)
	})
}

func TestAPhoneThatIsBackIsAskedAgainWhenSomebodyWantsIt(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.write("before", 2)
		b.ours.SetNetwork(false)
		b.shows(domain.CauseServerUnreachable)
		b.write("meanwhile", 3)
		b.ours.SetOwnNetwork(false)
		b.ours.SetNetwork(true)
		g := b.settled(domain.GapNotProvable)
		again := func(gap domain.GapID) error {
			return facade[*bridge.Timeline](b).CheckGap(int64(b.reception), int64(gap))
		}

		require.NoError(t, again(g.ID))
		b.settled(domain.GapNotProvable) // the phone is still off
		require.ErrorContains(t, again(g.ID+1), string(domain.CodeNotFound))
		require.NoError(t, b.fleetFacade().Pause(int64(b.reception)))
		b.shows(domain.CausePaused)
		require.ErrorContains(t, again(g.ID), string(domain.CodeNotConnected))
		b.press()
		b.well()

		b.ours.SetOwnNetwork(true)
		require.NoError(t, again(g.ID))
		require.NoError(t, again(g.ID), "pressed twice")
		b.wait("the check", func() bool { return b.allGaps()[len(b.allGaps())-1].State == domain.GapVerified })
		gaps := b.allGaps()
		require.Equal(t, g.ID, gaps[len(gaps)-1].ID)
		require.Equal(t, 3, gaps[len(gaps)-1].Late)
		require.NoError(t, again(g.ID), "there is nothing left to check")
		b.complete(5)
	})
}

func TestACheckGoesOnAfterARestart(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.inUse()
		b.cutOff()
		b.ours.SetOwnNetwork(false)
		b.ours.SetNetwork(true)
		g := b.settled(domain.GapChecking)
		b.quietly()
		b.ours.SetOwnNetwork(true)
		b.start()
		b.wait("the check", func() bool {
			gaps := b.allGaps()
			return gaps[len(gaps)-1].State == domain.GapVerified
		})
		gaps := b.allGaps()
		require.Equal(t, g.ID, gaps[len(gaps)-1].ID)
		require.Equal(t, 3, gaps[len(gaps)-1].Late)
		b.complete(5)
	})
}

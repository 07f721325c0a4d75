package pool

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// byCode shows a code to type for a device, a second after it was asked for.
func byCode(t *testing.T, p *Pool, cause domain.Cause) {
	t.Helper()
	require.NoError(t, p.RenewPairing(context.Background(), deviceOf(1, cause), account().Number))
	after(time.Second)
}

func TestCodeToTypeLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		w.run(p)
		began := time.Now()
		byCode(t, p, domain.CauseNeverLinked)
		step := w.step()
		require.Equal(t, domain.PairingCode, step.Kind)
		require.Equal(t, "K7QP-3MTX", step.Code)
		require.Equal(t, account().Number, step.Asked)
		require.True(t, step.Expires.Equal(began.Add(160*time.Second)))
		require.Equal(t, []string{account().Number}, w.asked)
		require.Equal(t, []domain.Cause{domain.CauseShowingCode}, w.causes(1))

		require.NoError(t, w.scan(account()))
		w.loginAgain()
		require.Equal(t, []domain.PairingKind{domain.PairingWaiting, domain.PairingCode, domain.PairingScanned, domain.PairingLinked}, w.kinds())
	})
}

func TestCodeIsAskedOnlyForANumberThatMayBeLinked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.held[account().Number] = domain.Holder{SubaccountName: "Bakery", Slot: 2}
		p := w.pool()
		w.run(p)
		byCode(t, p, domain.CauseNeverLinked)
		step := w.step()
		require.Equal(t, domain.PairingRefused, step.Kind)
		require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
		require.Equal(t, "Bakery", step.Holder.SubaccountName)
		require.Equal(t, account().Number, step.Asked)
		require.Zero(t, step.Account, "nobody has scanned")
		require.Empty(t, w.asked)
		require.Zero(t, w.dialed(), "WhatsApp hears nothing of it")
		require.Equal(t, []domain.LinkID{100}, w.released)
		require.Equal(t, domain.CauseNeverLinked, w.cause(1))
	})
}

func TestCodeRunsOutAndIsAskedAnewWhenWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.pool()
		w.run(p)
		byCode(t, p, domain.CauseNeverLinked)
		after(160 * time.Second)
		require.Equal(t, domain.PairingUsedUp, w.step().Kind)
		require.Equal(t, account().Number, w.step().Asked)
		after(time.Hour)
		require.Len(t, w.asked, 1, "never by itself")
		byCode(t, p, domain.CauseLinkFailed)
		require.Equal(t, domain.PairingCode, w.step().Kind)
		require.Len(t, w.asked, 2)
		require.Equal(t, domain.LinkID(101), w.step().Link, "with a session of its own")

		after(157 * time.Second)
		w.newest().tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
		synctest.Wait()
		require.Equal(t, domain.PairingUsedUp, w.step().Kind, "WhatsApp was a little quicker")
	})
}

func TestFromTheQRCodeToACodeAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseUnlinked)
		first := w.newest()
		byCode(t, p, domain.CauseUnlinked)
		require.Equal(t, domain.PairingCode, w.step().Kind)
		require.True(t, first.closed)
		require.Error(t, first.h.Guard(context.Background(), account()), "who scans the old code now is refused")
		second := w.newest()
		require.NoError(t, p.RenewPairing(context.Background(), deviceOf(1, domain.CauseUnlinked), ""))
		after(time.Second)
		require.Equal(t, domain.PairingShowing, w.step().Kind)
		require.Empty(t, w.step().Asked)
		require.True(t, second.closed)
		require.Equal(t, []domain.Cause{domain.CauseShowingQR, domain.CauseShowingCode, domain.CauseShowingQR}, w.causes(1))
		require.Equal(t, []domain.LinkID{100, 101}, w.released)
		require.NotContains(t, w.kinds(), domain.PairingCancelled)
		require.NoError(t, w.scan(account()))
		require.Equal(t, domain.CodeLinkBusy, domain.CodeOf(p.RenewPairing(context.Background(), deviceOf(1, domain.CauseUnlinked), "")), "the phone counts on it")
		w.loginAgain()
		require.Equal(t, domain.PairingLinked, w.step().Kind)
	})
}

func TestCodeThatWhatsAppDoesNotGive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.code = func(context.Context) (string, error) {
			return "", linkFailed("code_limited", "no more codes for now", nil)
		}
		p := w.pool()
		w.run(p)
		byCode(t, p, domain.CauseNeverLinked)
		require.Equal(t, domain.PairingFailed, w.step().Kind)
		require.Equal(t, "code_limited", reasonOf(w.step().Err))
		require.Equal(t, domain.CauseLinkFailed, w.cause(1))
		require.Equal(t, []domain.LinkID{100}, w.released)
	})
}

func TestCancelDoesNotWaitForACode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.code = func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}
		p := w.pool()
		w.run(p)
		byCode(t, p, domain.CauseNeverLinked)
		c := w.newest()
		p.CancelPairing(1)
		synctest.Wait()
		require.True(t, c.closed)
		after(time.Minute)
		require.Equal(t, []domain.PairingKind{domain.PairingWaiting, domain.PairingCancelled}, w.kinds())
	})
}

func TestPasskeyIsToldUntilADialogBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := paired(t, domain.CauseNeverLinked)
		w.newest().tell(domain.SessionEvent{Kind: domain.PairPasskey})
		synctest.Wait()
		require.Equal(t, domain.CausePasskeyRequired, w.cause(1))
		require.NoError(t, p.RenewPairing(context.Background(), deviceOf(1, domain.CausePasskeyRequired), ""))
		after(time.Second)
		require.Equal(t, domain.PairingShowing, w.step().Kind)
		w.newest().tell(domain.SessionEvent{Kind: domain.PairPasskey})
		w.newest().tell(domain.SessionEvent{Kind: domain.SessionDisconnected})
		synctest.Wait()
		require.Equal(t, "passkey", reasonOf(w.step().Err), "what has to be done does not change with the connection's end")
	})
}

package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func refused(t *testing.T, err error, code domain.Code) domain.Holder {
	t.Helper()
	var r *domain.RefusedError
	require.ErrorAs(t, err, &r)
	require.Equal(t, code, domain.CodeOf(err))
	return r.Holder
}

func TestANumberBelongsToOneDeviceOfTheWorkspace(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	acme := s.mustSubaccount(t, "Acme")
	holder := s.mustDevice(t, acme.ID, "34600000001")
	s.mustReceive(t, holder.Ref, text("A1", domain.Peer{LID: "111"}, 0, "hello"))
	other := s.mustDevice(t, s.mustSubaccount(t, "Beta").ID, "")
	link, err := s.OpenLink(ctx, other.Ref)
	require.NoError(t, err)

	h := refused(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000001"}), domain.CodeNumberInUse)
	require.Equal(t, domain.Holder{Ref: holder.Ref, SubaccountName: "Acme", DeviceLabel: "Desk", Slot: 1, Number: "34600000001", Since: day(), Conversations: 1}, h)

	require.NoError(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000009"}))
	_, _, err = s.ConfirmLink(ctx, link.ID, domain.Account{Number: "34600000009", LID: holder.Account.LID})
	require.Equal(t, holder.Ref, refused(t, err, domain.CodeNumberInUse).Ref, "the LID is checked when it is known")
	file, err := s.ReleaseLink(ctx, link.ID)
	require.NoError(t, err)
	require.Equal(t, link.File, file)
	d, err := s.Device(ctx, other.Ref.Device)
	require.NoError(t, err)
	require.Zero(t, d.Account)
	require.Zero(t, d.Slot)
}

func TestTwoPairingsCanNotClaimTheSameNumber(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	first, second := s.mustDevice(t, sub, ""), s.mustDevice(t, sub, "")
	one, err := s.OpenLink(ctx, first.Ref)
	require.NoError(t, err)
	two, err := s.OpenLink(ctx, second.Ref)
	require.NoError(t, err)
	require.NotEqual(t, one.File, two.File)
	account := domain.Account{Number: "34600000001"}
	require.NoError(t, s.ClaimNumber(ctx, one.ID, account))
	require.Equal(t, first.Ref, refused(t, s.ClaimNumber(ctx, two.ID, account), domain.CodeNumberInUse).Ref)
	_, err = s.ReleaseLink(ctx, one.ID)
	require.NoError(t, err)
	require.NoError(t, s.ClaimNumber(ctx, two.ID, account), "a released claim is free")
}

func TestARelinkKeepsDeviceSlotAndNumber(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	d := s.mustDevice(t, sub, "34600000001")
	active, err := s.ActiveLinks(ctx)
	require.NoError(t, err)
	require.Len(t, active, 1)
	file, err := s.DropLink(ctx, d.Ref)
	require.NoError(t, err)
	require.Equal(t, active[0].File, file)

	link, err := s.OpenLink(ctx, d.Ref)
	require.NoError(t, err)
	require.True(t, link.Relink)
	h := refused(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000002"}), domain.CodeWrongNumber)
	require.Equal(t, "34600000001", h.Number)
	require.NoError(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000001"}))
	again, obsolete, err := s.ConfirmLink(ctx, link.ID, domain.Account{Number: "34600000001", LID: d.Account.LID, PushName: "Desk"})
	require.NoError(t, err)
	require.Empty(t, obsolete)
	require.Equal(t, d.Slot, again.Slot)
	require.Equal(t, "Desk", again.Account.PushName)
}

func TestALinkThatReplacesAnotherMakesItsFileObsolete(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	former, err := s.ActiveLinks(ctx)
	require.NoError(t, err)
	link, err := s.OpenLink(ctx, d.Ref)
	require.NoError(t, err)
	require.NoError(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000001"}))
	_, obsolete, err := s.ConfirmLink(ctx, link.ID, d.Account)
	require.NoError(t, err)
	require.Equal(t, []string{former[0].File}, obsolete)
	now, err := s.ActiveLinks(ctx)
	require.NoError(t, err)
	require.Len(t, now, 1)
	require.Equal(t, link.File, now[0].File)
}

func TestSlotsAreNeverGivenTwice(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	require.Equal(t, 1, s.mustDevice(t, sub, "34600000001").Slot)
	unlinked := s.mustDevice(t, sub, "")
	second := s.mustDevice(t, sub, "34600000002")
	require.Equal(t, 2, second.Slot)
	for i, ref := range []domain.DeviceRef{unlinked.Ref, second.Ref} {
		_, err := s.RemoveDevice(ctx, ref, i == 1)
		require.NoError(t, err)
	}
	require.Equal(t, 3, s.mustDevice(t, sub, "34600000003").Slot)
	require.Equal(t, 1, s.mustDevice(t, s.mustSubaccount(t, "Beta").ID, "34600000004").Slot)
}

func TestWhatACrashLeftOfLinksIsReleasedAtStart(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "")
	link, err := s.OpenLink(ctx, d.Ref)
	require.NoError(t, err)
	require.NoError(t, s.ClaimNumber(ctx, link.ID, domain.Account{Number: "34600000001"}))
	for range 2 { // a crash may come before the files are removed
		files, err := s.ReleaseOpenLinks(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{link.File}, files)
	}
	_, _, err = s.ConfirmLink(ctx, link.ID, domain.Account{Number: "34600000001"})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestTheFavouriteMoves(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	a, b := s.mustDevice(t, sub, ""), s.mustDevice(t, sub, "")
	yes, label := true, "Front desk"
	_, err := s.UpdateDevice(ctx, a.Ref, domain.DevicePatch{Favorite: &yes, Label: &label})
	require.NoError(t, err)
	got, err := s.UpdateDevice(ctx, b.Ref, domain.DevicePatch{Favorite: &yes})
	require.NoError(t, err)
	require.True(t, got.Favorite)
	all, err := s.Devices(ctx)
	require.NoError(t, err)
	require.False(t, all[0].Favorite)
	require.Equal(t, label, all[0].Label)
	require.True(t, all[1].Favorite)
}

func TestAStateAndItsHistoryAreOneWrite(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "")
	to := domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseTemporarilyBanned, Since: day(), Detail: domain.StateDetail{Until: day().AddDate(0, 0, 1), Code: 101}}
	require.NoError(t, s.RecordState(ctx, domain.StateChange{Ref: d.Ref, At: day(), From: d.State, To: to}))
	got, err := s.Device(ctx, d.Ref.Device)
	require.NoError(t, err)
	require.Equal(t, to, got.State)
	rows, err := s.History(ctx, d.Ref, 10)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, domain.StateChange{ID: rows[0].ID, Ref: d.Ref, At: day(), From: d.State, To: to}, rows[0])
	require.Equal(t, domain.CauseNeverLinked, rows[1].To.Cause)
	err = s.RecordState(ctx, domain.StateChange{Ref: domain.DeviceRef{Subaccount: d.Ref.Subaccount, Device: 99}, To: to})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestNamesAndInitialsOfSubaccountsAreUnique(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	a := s.mustSubaccount(t, "Ágora")
	for _, twin := range []domain.Subaccount{{Name: "ÁGORA", Initials: "X"}, {Name: "Other", Initials: a.Initials}} {
		_, err := s.CreateSubaccount(ctx, twin)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	}
	b := s.mustSubaccount(t, "Beta")
	require.Equal(t, []int{0, 1}, []int{a.Position, b.Position})
	_, err := s.RenameSubaccount(ctx, b.ID, "ágora", "Z")
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	renamed, err := s.RenameSubaccount(ctx, b.ID, "Gamma", "G")
	require.NoError(t, err)
	require.Equal(t, "Gamma", renamed.Name)
	_, err = s.RenameSubaccount(ctx, 99, "Delta", "D")
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestANumberIsCheckedWithoutBeingClaimed(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	holder, first, second := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, ""), s.mustDevice(t, sub, "")
	link := func(d domain.Device) domain.LinkID {
		l, err := s.OpenLink(ctx, d.Ref)
		require.NoError(t, err)
		return l.ID
	}
	one, two, own := link(first), link(second), link(holder)
	require.Equal(t, holder.Ref, refused(t, s.CheckNumber(ctx, one, "34600000001"), domain.CodeNumberInUse).Ref)
	require.Equal(t, "34600000001", refused(t, s.CheckNumber(ctx, own, "34600000002"), domain.CodeWrongNumber).Number)
	require.NoError(t, s.CheckNumber(ctx, own, "34600000001"))
	require.NoError(t, s.CheckNumber(ctx, one, "34600000002"))
	require.NoError(t, s.CheckNumber(ctx, two, "34600000002"), "nothing was reserved")
	require.NoError(t, s.ClaimNumber(ctx, one, domain.Account{Number: "34600000002"}))
	require.Equal(t, first.Ref, refused(t, s.CheckNumber(ctx, two, "34600000002"), domain.CodeNumberInUse).Ref)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(s.CheckNumber(ctx, 999, "34600000002")))
}

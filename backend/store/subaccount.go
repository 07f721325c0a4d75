package store

import (
	"context"

	"go.mau.fi/util/dbutil"
	"golang.org/x/text/cases"

	"waflow/backend/domain"
)

const subaccountColumns = "id, name, initials, colour, position, created, notify, keep_deleted, hours_on, hours_days, hours_from, hours_to, hours_zone, " + fetchColumns

const fetchColumns = "fetch_pictures, fetch_voice, fetch_videos, fetch_documents, fetch_max"

func scanSubaccount(row dbutil.Scannable) (domain.Subaccount, error) {
	var a domain.Subaccount
	var created int64
	var days int
	err := row.Scan(&a.ID, &a.Name, &a.Initials, &a.Colour, &a.Position, &created, &a.Notify, &a.KeepDeleted,
		&a.Hours.On, &days, &a.Hours.From, &a.Hours.To, &a.Hours.Zone,
		&a.Fetch.Pictures, &a.Fetch.Voice, &a.Fetch.Videos, &a.Fetch.Documents, &a.Fetch.Max)
	a.Created, a.Hours.Days = fromMillis(created), weekdays(days)
	return a, err
}

// nameKey is what names are compared by: without case, in any script.
func nameKey(name string) string { return cases.Fold().String(name) }

func nameInUse(err error) error {
	if !isUnique(err) {
		return err
	}
	return &domain.Error{Code: domain.CodeConflict, Message: "another subaccount has this name or these initials", Err: err}
}

// CreateSubaccount adds a subaccount at the end of the rail. ID, Position and Created are given here.
// Errors: conflict when another one has the name or the initials.
func (s *Store) CreateSubaccount(ctx context.Context, a domain.Subaccount) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "create subaccount", func(t *tx) (err error) {
		out, err = scanSubaccount(t.row(`
			INSERT INTO subaccounts (name, name_key, initials, colour, position, created)
			VALUES ($1, $2, $3, $4, (SELECT COALESCE(MAX(position) + 1, 0) FROM subaccounts), $5)
			RETURNING `+subaccountColumns,
			a.Name, nameKey(a.Name), a.Initials, a.Colour, millis(s.now())))
		return nameInUse(err)
	})
	return out, err
}

// RenameSubaccount gives a subaccount another name and initials. Errors: not_found, conflict.
func (s *Store) RenameSubaccount(ctx context.Context, id domain.SubaccountID, name, initials string) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "rename subaccount", func(t *tx) error {
		changed, err := t.exec("UPDATE subaccounts SET name = $1, name_key = $2, initials = $3 WHERE id = $4",
			name, nameKey(name), initials, id)
		if err != nil {
			return nameInUse(err)
		}
		if changed == 0 {
			return notFound("subaccount")
		}
		out, err = scanSubaccount(t.row("SELECT "+subaccountColumns+" FROM subaccounts WHERE id = $1", id))
		return err
	})
	return out, err
}

// SetSubaccountNotify says whether notifications about a subaccount's devices are shown. Errors: not_found.
func (s *Store) SetSubaccountNotify(ctx context.Context, id domain.SubaccountID, notify domain.NotifySwitch) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "switch a subaccount's notifications", func(t *tx) (err error) {
		out, err = scanSubaccount(t.row("UPDATE subaccounts SET notify = $1 WHERE id = $2 RETURNING "+subaccountColumns, notify, id))
		return orNotFound("subaccount", err)
	})
	return out, err
}

// SetKeepDeleted says whether what messages of a subaccount said is kept when they are deleted for everyone from now on. Errors: not_found.
func (s *Store) SetKeepDeleted(ctx context.Context, id domain.SubaccountID, keep bool) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "say what becomes of deleted messages", func(t *tx) (err error) {
		out, err = scanSubaccount(t.row("UPDATE subaccounts SET keep_deleted = $1 WHERE id = $2 RETURNING "+subaccountColumns, keep, id))
		return orNotFound("subaccount", err)
	})
	return out, err
}

// SetFetchPolicy says which files of a subaccount are fetched as they come, from now on. Errors: not_found.
func (s *Store) SetFetchPolicy(ctx context.Context, id domain.SubaccountID, p domain.FetchPolicy) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "say which files are fetched", func(t *tx) (err error) {
		out, err = scanSubaccount(t.row(`UPDATE subaccounts SET (`+fetchColumns+`) = ($1, $2, $3, $4, $5) WHERE id = $6 RETURNING `+subaccountColumns,
			p.Pictures, p.Voice, p.Videos, p.Documents, p.Max, id))
		return orNotFound("subaccount", err)
	})
	return out, err
}

func fetchPolicy(t *tx, id domain.SubaccountID) (domain.FetchPolicy, error) {
	var p domain.FetchPolicy
	err := t.row("SELECT "+fetchColumns+" FROM subaccounts WHERE id = $1", id).Scan(&p.Pictures, &p.Voice, &p.Videos, &p.Documents, &p.Max)
	return p, err
}

// Subaccounts returns all subaccounts in the order of the rail.
func (s *Store) Subaccounts(ctx context.Context) ([]domain.Subaccount, error) {
	out, err := collect(reading{ctx, s.read}, scanSubaccount, "SELECT "+subaccountColumns+" FROM subaccounts ORDER BY position, id")
	return out, coded("read subaccounts", err)
}

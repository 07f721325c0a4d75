package store

import (
	"fmt"

	"waflow/backend/domain"
)

// Pages are at most this long, whatever was asked for.
const (
	usualPage   = 50
	longestPage = 500
)

// place is a position in a list that is ordered by time, then id.
type place struct{ at, id int64 }

func (p place) cursor() domain.Cursor { return domain.Cursor(fmt.Sprintf("%d.%d", p.at, p.id)) }

// parsePlace reads a cursor; the empty one is the zero place.
func parsePlace(c domain.Cursor) (place, error) {
	var p place
	if c == "" {
		return p, nil
	}
	if _, err := fmt.Sscanf(string(c), "%d.%d", &p.at, &p.id); err != nil || p.cursor() != c {
		return place{}, notAPlace()
	}
	return p, nil
}

func notAPlace() error {
	return &domain.Error{Code: domain.CodeInvalid, Message: "the place in the list is not one that was given out"}
}

// before is a condition for what lies before the place; its placeholders follow the first used ones.
func (p place) before(at, id string, used int) (string, []any) {
	return fmt.Sprintf(" AND (%[1]s < $%[3]d OR (%[1]s = $%[3]d AND %[2]s < $%[4]d))", at, id, used+1, used+2), []any{p.at, p.id}
}

func pageSize(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, longestPage)
}

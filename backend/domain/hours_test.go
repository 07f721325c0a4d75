package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestBusinessHoursThatCannotBe(t *testing.T) {
	good := domain.BusinessHours{On: true, Days: [7]bool{time.Monday: true}, From: 540, To: 1080, Zone: "Europe/Lisbon"}
	require.NoError(t, good.Check())
	for field, spoil := range map[string][]func(*domain.BusinessHours){
		"days": {func(h *domain.BusinessHours) { h.Days = [7]bool{} }},
		"time": {
			func(h *domain.BusinessHours) { h.From = -1 },
			func(h *domain.BusinessHours) { h.To = domain.MinutesOfDay },
		},
		"zone": {
			func(h *domain.BusinessHours) { h.Zone = "Local" },
			func(h *domain.BusinessHours) { h.Zone = "../../etc/passwd" },
			func(h *domain.BusinessHours) { h.Zone = "Europe/Atlantis" },
		},
	} {
		for _, one := range spoil {
			h := good
			one(&h)
			err := h.Check()
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), field)
			var coded *domain.Error
			require.ErrorAs(t, err, &coded)
			require.Equal(t, field, coded.Detail["field"])
		}
	}
}

func TestBusinessHoursWithoutAPlaceAreThisComputers(t *testing.T) {
	here, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	place, err := domain.BusinessHours{}.Place(here)
	require.NoError(t, err)
	require.Equal(t, here, place)
	place, err = domain.BusinessHours{Zone: "Europe/Lisbon"}.Place(here)
	require.NoError(t, err)
	require.Equal(t, "Europe/Lisbon", place.String())
}

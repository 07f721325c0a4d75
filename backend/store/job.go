package store

import (
	"waflow/backend/domain"
)

// keepHistory keeps a history notification as it came. No receipt is sent for it, so WhatsApp keeps its copy.
func keepHistory(t *tx, ref domain.DeviceRef, h domain.InboundHistory) error {
	raw := h.Raw
	if raw == nil {
		raw = []byte{}
	}
	return t.run(`INSERT INTO history_jobs (subaccount_id, device_id, waid, type, chunk, at, raw) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (subaccount_id, device_id, waid) DO NOTHING`, ref.Subaccount, ref.Device, h.WAID, h.Type, h.Chunk, millis(h.At), raw)
}

package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
)

// What tests of the outside look at inside.
var (
	TransportForTest    = transport
	SessionEventForTest = sessionEvent
	RedeliverWait       = redeliverWait
	MaskText            = maskText
)

// Library returns the client library's client.
func (c *Client) Library() *whatsmeow.Client { return c.wa }

// Exec runs a query on the session file's only connection and returns its first value.
func (c *Client) Query(query string) (value string, err error) {
	err = c.file.db.QueryRow(query).Scan(&value)
	return value, err
}

// EventOf is sessionEvent with only the event, for tables.
func EventOf(raw any, now time.Time) *domain.SessionEvent {
	if event, ok := sessionEvent(raw, now); ok {
		return &event
	}
	return nil
}

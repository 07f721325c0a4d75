package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
)

// What tests of the outside look at inside.
var (
	TransportForTest = transport
	RedeliverWait    = redeliverWait
	MaskText         = maskText
)

// Library returns the client library's client.
func (c *Client) Library() *whatsmeow.Client { return c.wa }

// Query runs a query on the session file's only connection and returns its first value.
func (c *Client) Query(query string) (value string, err error) {
	err = c.file.db.QueryRow(query).Scan(&value)
	return value, err
}

// EventOf is sessionEvent for tables: nil for an event that means nothing for the session.
func EventOf(raw any, now time.Time) *domain.SessionEvent {
	if event, ok := sessionEvent(raw, now); ok {
		return &event
	}
	return nil
}

package whatsapp

import (
	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// Reader reads messages that are kept once more.
type Reader struct{}

// Version counts what it can read: a later one reads more.
func (Reader) Version() int { return convert.Version }

// Read reads a message, and is false for one that it can't read.
func (Reader) Read(kept domain.KeptMessage) (domain.RereadMessage, bool) { return convert.Again(kept) }

package inbox

import (
	"context"

	"waflow/backend/domain"
)

// Contact returns who a conversation is with, all their numbers and whom they were taken for. Errors: not_found, also for a group.
func (i *Inbox) Contact(ctx context.Context, id domain.ConversationID) (domain.Contact, error) {
	return i.store.ContactOf(ctx, id)
}

// Part makes two contacts of one that turned out not to be the same person. Errors: not_found, conflict.
func (i *Inbox) Part(ctx context.Context, id domain.MergeID) (domain.Parted, error) {
	return i.store.Part(ctx, id)
}

// JoinAgain undoes that. Errors: not_found, conflict.
func (i *Inbox) JoinAgain(ctx context.Context, parted domain.Parted) error {
	return i.store.JoinAgain(ctx, parted)
}

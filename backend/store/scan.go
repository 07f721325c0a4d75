package store

import (
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

func scanConversationID(row dbutil.Scannable) (domain.ConversationID, error) {
	var id domain.ConversationID
	err := row.Scan(&id)
	return id, err
}

func scanDeviceID(row dbutil.Scannable) (domain.DeviceID, error) {
	var id domain.DeviceID
	err := row.Scan(&id)
	return id, err
}

func scanTwins(row dbutil.Scannable) ([2]domain.MessageID, error) {
	var pair [2]domain.MessageID
	err := row.Scan(&pair[0], &pair[1])
	return pair, err
}

func scanContactID(row dbutil.Scannable) (domain.ContactID, error) {
	var id domain.ContactID
	err := row.Scan(&id)
	return id, err
}

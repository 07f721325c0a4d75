-- v9: what messages hold besides their words

-- A message has more if there is a row of message_content, or if it is somebody's in a group, whose name is shown.
ALTER TABLE messages ADD COLUMN more BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE messages SET more = TRUE WHERE sender_id IS NOT NULL AND conversation_id IN (SELECT id FROM conversations WHERE group_jid IS NOT NULL);

CREATE TABLE message_content (
	subaccount_id BIGINT NOT NULL,
	message_id    BIGINT NOT NULL PRIMARY KEY,
	content       TEXT   NOT NULL, -- JSON of domain.Content without the thumbnail
	-- only: sqlite
	thumbnail     BLOB,
	-- only: postgres
	thumbnail     BYTEA,
	FOREIGN KEY (subaccount_id, message_id) REFERENCES messages (subaccount_id, id) ON DELETE CASCADE
);

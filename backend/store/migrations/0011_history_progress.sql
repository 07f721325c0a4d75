-- v11: how far history has come, and where it ends

ALTER TABLE history_jobs ADD COLUMN percent INTEGER NOT NULL DEFAULT 0; -- how far the phone says it has come
ALTER TABLE history_jobs ADD COLUMN messages INTEGER NOT NULL DEFAULT 0; -- that it brought
ALTER TABLE history_jobs ADD COLUMN refused TEXT NOT NULL DEFAULT ''; -- why it can't be kept; it is not tried again by itself
UPDATE history_jobs SET percent = 100;

-- The conversations that the phone of a device has handed something over of.
CREATE TABLE past_chats (
	subaccount_id   BIGINT  NOT NULL,
	conversation_id BIGINT  NOT NULL,
	device_id       BIGINT  NOT NULL,
	ended           BOOLEAN NOT NULL, -- the phone has nothing older
	PRIMARY KEY (conversation_id, device_id),
	FOREIGN KEY (subaccount_id, conversation_id) REFERENCES conversations (subaccount_id, id) ON DELETE CASCADE,
	FOREIGN KEY (subaccount_id, device_id) REFERENCES devices (subaccount_id, id) ON DELETE CASCADE
-- only: sqlite
) WITHOUT ROWID;
-- only: postgres
);
CREATE INDEX past_chats_device ON past_chats (subaccount_id, device_id);

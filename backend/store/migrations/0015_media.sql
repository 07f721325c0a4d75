-- v15: the files of messages

-- What is here of them, or wanted. A file that nobody asked for has no row.
CREATE TABLE media (
	subaccount_id BIGINT  NOT NULL,
	message_id    BIGINT  NOT NULL PRIMARY KEY,
	state         TEXT    NOT NULL CHECK (state IN ('wanted', 'here', 'gone', 'refused')),
	asked         BOOLEAN NOT NULL DEFAULT FALSE, -- by a person
	attempts      INTEGER NOT NULL DEFAULT 0,
	due           BIGINT  NOT NULL DEFAULT 0, -- of what is wanted: not before
	why           TEXT    NOT NULL DEFAULT '',
	sha256        TEXT    NOT NULL DEFAULT '', -- of what is here: its name on disk
	size          BIGINT  NOT NULL DEFAULT 0,
	type          TEXT    NOT NULL DEFAULT '',
	FOREIGN KEY (subaccount_id, message_id) REFERENCES messages (subaccount_id, id) ON DELETE CASCADE
);
CREATE INDEX media_wanted ON media (due) WHERE state = 'wanted';
CREATE INDEX media_here ON media (subaccount_id, sha256) WHERE state = 'here';

-- v20: people who were taken for one can be parted again

-- A message that came by a phone number only, while its sender's LID was known from elsewhere.
ALTER TABLE messages ADD COLUMN by_number BOOLEAN NOT NULL DEFAULT FALSE;
-- The newest message at the time of a merge: what is newer came since. NULL of merges that are older than this.
ALTER TABLE merges ADD COLUMN newest BIGINT;
ALTER TABLE merges ADD COLUMN kept_push_name TEXT; -- of the contact that stayed, as it was before

-- LIDs and numbers that WhatsApp calls one person and that somebody has parted: nothing makes them one again but that person's word.
CREATE TABLE parted (
	subaccount_id BIGINT NOT NULL REFERENCES subaccounts (id),
	lid           TEXT   NOT NULL,
	number        TEXT   NOT NULL,
	at            BIGINT NOT NULL,
	PRIMARY KEY (subaccount_id, lid, number)
);

-- v19: which files of messages are fetched as they come

ALTER TABLE subaccounts ADD COLUMN fetch_pictures BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE subaccounts ADD COLUMN fetch_voice BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE subaccounts ADD COLUMN fetch_videos BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE subaccounts ADD COLUMN fetch_documents BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE subaccounts ADD COLUMN fetch_max BIGINT NOT NULL DEFAULT 5242880 CHECK (fetch_max > 0); -- bytes

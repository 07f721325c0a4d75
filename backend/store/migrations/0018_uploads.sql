-- v18: files that are sent

ALTER TABLE outbox ADD COLUMN upload BOOLEAN NOT NULL DEFAULT FALSE; -- it has a file, which goes to WhatsApp's hosts first
ALTER TABLE outbox ADD COLUMN uploaded BIGINT NOT NULL DEFAULT 0; -- when that was, 0 if not yet; the payload is final from then on
ALTER TABLE outbox ADD COLUMN upload_tries INTEGER NOT NULL DEFAULT 0; -- that failed
ALTER TABLE outbox ADD COLUMN upload_due BIGINT NOT NULL DEFAULT 0; -- not before

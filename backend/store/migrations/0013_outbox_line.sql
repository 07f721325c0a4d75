-- v13: the order in which messages go, and messages that have a time

ALTER TABLE outbox ADD COLUMN place BIGINT NOT NULL DEFAULT 0; -- its turn, lowest first; 0 until its time has come
ALTER TABLE outbox ADD COLUMN wall TEXT NOT NULL DEFAULT ''; -- the time that a person chose, as a clock shows it in the zone: due follows from both
ALTER TABLE outbox ADD COLUMN zone TEXT NOT NULL DEFAULT '';
UPDATE outbox SET place = message_id;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_line ON outbox (device_id, place) WHERE NOT failed;
CREATE INDEX outbox_places ON outbox (place);
CREATE INDEX outbox_conversation ON outbox (conversation_id);

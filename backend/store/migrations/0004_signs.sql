-- v3 -> v4: signs of life

-- When the phone of a number was last seen, and for how long (milliseconds) since then the device was connected.
ALTER TABLE devices ADD COLUMN phone_seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN phone_watched BIGINT NOT NULL DEFAULT 0;

-- The slots of ten minutes (since 1970) in which something arrived on a device: its habits.
CREATE TABLE arrivals (
	subaccount_id BIGINT NOT NULL,
	device_id     BIGINT NOT NULL,
	slot          BIGINT NOT NULL,
	PRIMARY KEY (device_id, slot),
	FOREIGN KEY (subaccount_id, device_id) REFERENCES devices (subaccount_id, id) ON DELETE CASCADE
-- only: sqlite
) WITHOUT ROWID;
-- only: postgres
);
INSERT INTO arrivals (subaccount_id, device_id, slot)
	SELECT DISTINCT subaccount_id, device_id, at / 600000 FROM messages
	WHERE direction = 'in' AND at > (SELECT MAX(at) FROM messages) - 2419200000;

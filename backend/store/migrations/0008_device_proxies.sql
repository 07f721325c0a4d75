-- v8: the way that a device's connections take

-- A device without a row connects directly. The password is a secret: it is read by what dials and by nobody else.
CREATE TABLE device_proxies (
	device_id     BIGINT  PRIMARY KEY,
	subaccount_id BIGINT  NOT NULL,
	scheme        TEXT    NOT NULL CHECK (scheme IN ('http', 'https', 'socks5')),
	host          TEXT    NOT NULL CHECK (host <> ''),
	port          INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
	username      TEXT    NOT NULL DEFAULT '',
	password      TEXT    NOT NULL DEFAULT '',
	FOREIGN KEY (subaccount_id, device_id) REFERENCES devices (subaccount_id, id) ON DELETE CASCADE
);

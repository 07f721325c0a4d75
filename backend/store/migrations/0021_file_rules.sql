-- v21: by what rule the files of a subaccount are cleaned up each day

-- A subaccount without a row keeps everything.
CREATE TABLE file_rules (
	subaccount_id BIGINT NOT NULL PRIMARY KEY REFERENCES subaccounts (id) ON DELETE CASCADE,
	older_days    BIGINT NOT NULL DEFAULT 0, -- 0: no limit
	max_bytes     BIGINT NOT NULL DEFAULT 0  -- 0: no limit
);

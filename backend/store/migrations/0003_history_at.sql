-- v3: a device's history by time, for its uptime
CREATE INDEX device_history_at ON device_history (subaccount_id, device_id, at);

-- v17: when a subaccount does business

-- Who switches them on finds Monday to Friday, 9 to 18, in the computer's own time zone. A bit for each day on which they begin, Sunday's
-- the lowest; minutes since midnight.
ALTER TABLE subaccounts ADD COLUMN hours_on BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE subaccounts ADD COLUMN hours_days INTEGER NOT NULL DEFAULT 62 CHECK (hours_days BETWEEN 0 AND 127);
ALTER TABLE subaccounts ADD COLUMN hours_from INTEGER NOT NULL DEFAULT 540 CHECK (hours_from BETWEEN 0 AND 1439);
ALTER TABLE subaccounts ADD COLUMN hours_to INTEGER NOT NULL DEFAULT 1080 CHECK (hours_to BETWEEN 0 AND 1439);
ALTER TABLE subaccounts ADD COLUMN hours_zone TEXT NOT NULL DEFAULT '';

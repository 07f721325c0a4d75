-- v10: for how many days without their phone people were told of a device
ALTER TABLE devices ADD COLUMN phone_told INTEGER NOT NULL DEFAULT 0;

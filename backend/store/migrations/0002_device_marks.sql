-- v1 -> v2: a device's own colour, and devices that were removed while their conversations were kept

-- A removed device keeps its row and its slot, because the messages that it carried name it. It has neither number nor link any more.
ALTER TABLE devices ADD COLUMN colour TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN removed BIGINT NOT NULL DEFAULT 0 CHECK (removed = 0 OR number IS NULL AND lid IS NULL AND linked = 0 AND NOT favorite);

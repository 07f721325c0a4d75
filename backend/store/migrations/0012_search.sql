-- v12: search

-- The words of each message, under its place in time: seconds since 1970, shifted by 31 bits, and its id. So the newest come first by
-- themselves, also of a history that arrives late. The text itself is not kept twice.
CREATE VIRTUAL TABLE message_index USING fts5(words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2');

-- Places at which the index is behind the messages: something is new, different or gone there. Whatever changes a message, however it does
-- it, leaves its place here in the same transaction. A column that comes to be searched or decides whether a message may be found belongs
-- into the second trigger.
CREATE TABLE index_due (place INTEGER PRIMARY KEY);

CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
	INSERT OR IGNORE INTO index_due VALUES ((MIN(MAX(new.at / 1000, 0), 4294967295) << 31) | new.id);
END;

CREATE TRIGGER messages_changed AFTER UPDATE OF kind, text, at ON messages BEGIN
	INSERT OR IGNORE INTO index_due VALUES
		((MIN(MAX(old.at / 1000, 0), 4294967295) << 31) | old.id), ((MIN(MAX(new.at / 1000, 0), 4294967295) << 31) | new.id);
END;

CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
	INSERT OR IGNORE INTO index_due VALUES ((MIN(MAX(old.at / 1000, 0), 4294967295) << 31) | old.id);
END;

CREATE TRIGGER message_content_added AFTER INSERT ON message_content BEGIN
	INSERT OR IGNORE INTO index_due SELECT (MIN(MAX(at / 1000, 0), 4294967295) << 31) | id FROM messages WHERE id = new.message_id;
END;

CREATE TRIGGER message_content_changed AFTER UPDATE OF content ON message_content BEGIN
	INSERT OR IGNORE INTO index_due SELECT (MIN(MAX(at / 1000, 0), 4294967295) << 31) | id FROM messages WHERE id = new.message_id;
END;

CREATE TRIGGER message_content_gone AFTER DELETE ON message_content BEGIN
	INSERT OR IGNORE INTO index_due SELECT (MIN(MAX(at / 1000, 0), 4294967295) << 31) | id FROM messages WHERE id = old.message_id;
END;

INSERT INTO index_due SELECT (MIN(MAX(at / 1000, 0), 4294967295) << 31) | id FROM messages;

-- By what a conversation is found: the name of the group or the contact, folded, and every number of the contact.
ALTER TABLE conversations ADD COLUMN names TEXT NOT NULL DEFAULT '';

CREATE VIEW conversation_names AS
	SELECT c.id, folded(CASE WHEN c.group_jid IS NULL THEN COALESCE(p.push_name, '') ELSE c.group_name END) || char(10) ||
		COALESCE((SELECT group_concat(n.number, ' ') FROM contact_numbers n WHERE n.subaccount_id = c.subaccount_id AND n.contact_id = c.contact_id), '')
		AS names
	FROM conversations c LEFT JOIN contacts p ON p.subaccount_id = c.subaccount_id AND p.id = c.contact_id;

CREATE TRIGGER conversations_added AFTER INSERT ON conversations BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = new.id) WHERE id = new.id;
END;

CREATE TRIGGER conversations_renamed AFTER UPDATE OF contact_id, group_name ON conversations BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = new.id) WHERE id = new.id;
END;

CREATE TRIGGER contacts_renamed AFTER UPDATE OF push_name ON contacts BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = conversations.id)
		WHERE subaccount_id = new.subaccount_id AND contact_id = new.id;
END;

CREATE TRIGGER contact_numbers_added AFTER INSERT ON contact_numbers BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = conversations.id)
		WHERE subaccount_id = new.subaccount_id AND contact_id = new.contact_id;
END;

CREATE TRIGGER contact_numbers_moved AFTER UPDATE OF contact_id ON contact_numbers BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = conversations.id)
		WHERE subaccount_id = new.subaccount_id AND contact_id IN (old.contact_id, new.contact_id);
END;

CREATE TRIGGER contact_numbers_gone AFTER DELETE ON contact_numbers BEGIN
	UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = conversations.id)
		WHERE subaccount_id = old.subaccount_id AND contact_id = old.contact_id;
END;

UPDATE conversations SET names = (SELECT n.names FROM conversation_names n WHERE n.id = conversations.id);

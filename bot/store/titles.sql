-- The titles of observations by every three letters in a row, for parts of them that people ask for. Kept by triggers,
-- hence in the transaction that stores an observation; made anew from the table wherever the triggers are not there.
DROP TABLE IF EXISTS title_index;
CREATE VIRTUAL TABLE title_index
    USING fts5 (title, content = 'observation', content_rowid = 'id', tokenize = 'trigram', columnsize = 0);
INSERT INTO title_index (title_index) VALUES ('rebuild');
CREATE TRIGGER title_seen AFTER INSERT ON observation BEGIN
    INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER title_gone AFTER DELETE ON observation BEGIN
    INSERT INTO title_index (title_index, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TRIGGER title_changed AFTER UPDATE OF title ON observation BEGIN
    INSERT INTO title_index (title_index, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
END;

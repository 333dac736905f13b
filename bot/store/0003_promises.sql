-- What the promises need: what was held back, what the admins were told, that the bot lives, and restored backups.

CREATE TABLE held (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- people name it: no number is given twice
    source_id  TEXT NOT NULL,
    held_at    TEXT NOT NULL,
    leads      TEXT NOT NULL,                    -- JSON list of the keys of the releases that were not announced
    state      TEXT NOT NULL DEFAULT 'waiting',  -- waiting, announced, ignored, expired
    settled_at TEXT,
    settled_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX held_waiting ON held (held_at) WHERE state = 'waiting';
-- They counted what was held, and forgot which releases these were.
ALTER TABLE source DROP COLUMN held;
ALTER TABLE source DROP COLUMN held_at;

-- The sources that the admins were told are blind, until they are told that these are back.
CREATE TABLE blind (
    source_id TEXT PRIMARY KEY,
    since     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at TEXT NOT NULL
) STRICT;

-- That this is a backup put back: what was sent between the two times is not in it, and is looked up first.
CREATE TABLE restoration (
    restored_at  TEXT NOT NULL,
    backed_up_at TEXT NOT NULL
) STRICT;

-- For `recent`: counting a window without reading the releases in it.
CREATE INDEX release_shown ON release (published_at DESC, id DESC, lab) WHERE id = lead_id AND withdrawn = 0;

-- What is done now and then, and when it is due again.
CREATE TABLE chore (
    name   TEXT PRIMARY KEY,
    due_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Subscriptions made in Slack and what comes with them. Times are UTC text, as in schema.sql.

-- A line and a digest are about no release, and bring their content along. SQLite cannot take NOT NULL off a
-- column: the table is made again, and goes on counting where the old one was.
CREATE TABLE delivery_made_again (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,           -- uuid5 of release key, destination and kind
    release_id  INTEGER REFERENCES release (id),
    home_id     INTEGER REFERENCES release (id), -- before a correction merged it into release_id
    destination TEXT NOT NULL,
    kind        TEXT NOT NULL,                  -- alert, note, edit, digest, line
    note        TEXT,                           -- JSON of model.Note
    content     TEXT,                           -- JSON of messages.Content, of a digest or a line
    carrier     INTEGER,                        -- the sequence of the delivery whose message carries this one
    state       TEXT NOT NULL DEFAULT 'owed',
    attempts    INTEGER NOT NULL DEFAULT 0,
    created_at  TEXT NOT NULL,
    due_at      TEXT NOT NULL,
    asked       INTEGER NOT NULL DEFAULT 0,     -- the server named that time: nobody tries sooner
    claimed_at  TEXT,
    settled_at  TEXT,
    channel     TEXT,
    ts          TEXT,
    digest      TEXT NOT NULL DEFAULT '',       -- of the content that stands there now
    reason      TEXT
) STRICT;
INSERT INTO delivery_made_again
    (sequence, id, release_id, destination, kind, note, state, attempts, created_at, due_at, asked, claimed_at,
     settled_at, channel, ts, digest, reason)
    SELECT sequence, id, release_id, destination, kind, note, state, attempts, created_at, due_at, asked,
        claimed_at, settled_at, channel, ts, digest, reason
    FROM delivery;
DELETE FROM sqlite_sequence WHERE name = 'delivery_made_again';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'delivery_made_again', seq FROM sqlite_sequence WHERE name = 'delivery';
DROP TABLE delivery;
ALTER TABLE delivery_made_again RENAME TO delivery;
CREATE INDEX delivery_open ON delivery (destination, sequence)
    WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_by_release ON delivery (release_id, kind, destination);
CREATE INDEX delivery_by_state ON delivery (state);
CREATE INDEX delivery_by_destination ON delivery (destination, kind, settled_at);
CREATE INDEX delivery_by_message ON delivery (destination, ts) WHERE ts IS NOT NULL;
CREATE INDEX delivery_by_carrier ON delivery (carrier) WHERE carrier IS NOT NULL;

CREATE INDEX subscription_by_lab ON subscription (lab);

-- How a destination wants to be told.
ALTER TABLE destination ADD COLUMN told_at TEXT;        -- when its subscribers were told that it is paused
ALTER TABLE destination ADD COLUMN variants TEXT NOT NULL DEFAULT 'thread';
ALTER TABLE destination ADD COLUMN updates TEXT NOT NULL DEFAULT 'edit';
ALTER TABLE destination ADD COLUMN digest TEXT;         -- JSON of records.DigestPlan
ALTER TABLE destination ADD COLUMN digest_at TEXT;      -- when the next one is due
CREATE INDEX destination_by_digest ON destination (digest_at) WHERE digest_at IS NOT NULL;

CREATE TABLE mute (
    destination TEXT NOT NULL,
    lab         TEXT NOT NULL,                  -- a lab's id, or 'all'
    until       TEXT,                           -- NULL is for ever
    created_by  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (destination, lab)
) STRICT, WITHOUT ROWID;

-- What people found wrong in an alert.
CREATE TABLE report (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id  INTEGER NOT NULL REFERENCES release (id),
    destination TEXT NOT NULL,
    reporter    TEXT NOT NULL,
    text        TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    closed_at   TEXT
) STRICT;
CREATE INDEX report_open ON report (id) WHERE closed_at IS NULL;

-- What people know better than the sources; see records.Correction. It is applied anew whenever a release is
-- merged from its sightings. What a correction moves keeps in home_* where it belongs without it.
CREATE TABLE correction (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subject    TEXT NOT NULL,
    field      TEXT NOT NULL,
    value      TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (subject, field)
) STRICT;
ALTER TABLE release ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;    -- no release, or another one: not shown
ALTER TABLE release ADD COLUMN home_lead_id INTEGER REFERENCES release (id);
ALTER TABLE release ADD COLUMN home_lab TEXT;
ALTER TABLE artifact ADD COLUMN home_id INTEGER REFERENCES release (id);
ALTER TABLE artifact ADD COLUMN home_head INTEGER;
ALTER TABLE artifact ADD COLUMN home_provisional INTEGER;
ALTER TABLE observation ADD COLUMN home_id INTEGER REFERENCES release (id);
CREATE INDEX release_given ON release (home_lab) WHERE home_lab IS NOT NULL;
CREATE INDEX release_moved ON release (id)
    WHERE withdrawn = 1 OR home_lead_id IS NOT NULL OR home_lab IS NOT NULL;
CREATE INDEX delivery_moved ON delivery (home_id) WHERE home_id IS NOT NULL;
CREATE INDEX artifact_moved ON artifact (home_id) WHERE home_id IS NOT NULL;
CREATE INDEX artifact_judged ON artifact (hub_id) WHERE home_provisional IS NOT NULL;
CREATE INDEX observation_moved ON observation (home_id) WHERE home_id IS NOT NULL;

-- One row a workspace, or a whole organisation where team is ''.
CREATE TABLE installation (
    team           TEXT NOT NULL,
    enterprise     TEXT NOT NULL,
    sealed         BLOB,                        -- encrypted by who saves it; gone with the installation
    bot_user       TEXT NOT NULL,
    installed_at   TEXT NOT NULL,
    uninstalled_at TEXT,
    PRIMARY KEY (team, enterprise)
) STRICT, WITHOUT ROWID;

CREATE TABLE oauth_state (
    state      TEXT PRIMARY KEY,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

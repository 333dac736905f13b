-- Times are UTC text (2026-04-20T15:46:00.000000Z): they sort as they are and people can read them.

CREATE TABLE source (
    id            TEXT PRIMARY KEY,
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    cursor        TEXT NOT NULL DEFAULT '{}',   -- JSON of the source's own
    usual_count   INTEGER NOT NULL DEFAULT 0,
    baseline_at   TEXT,                         -- when its first poll was remembered in silence
    polled_at     TEXT,
    succeeded_at  TEXT,
    next_poll_at  TEXT,
    rested_until  TEXT,                         -- an unexpired Retry-After
    failing_since TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    failure       TEXT,                         -- the class, see errors.Failure
    complaint     TEXT,                         -- the sentence
    held          INTEGER NOT NULL DEFAULT 0,   -- alerts that the flood guard kept back
    held_at       TEXT
) STRICT;

-- Every identity that a source ever showed. Rows are added, never removed: what comes back is not news.
CREATE TABLE seen (
    source_id TEXT NOT NULL,
    identity  TEXT NOT NULL,
    digest    TEXT NOT NULL,
    seen_at   TEXT NOT NULL,
    PRIMARY KEY (source_id, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
    id                  INTEGER PRIMARY KEY,
    key                 TEXT NOT NULL UNIQUE,
    lab                 TEXT NOT NULL,
    family              TEXT NOT NULL,          -- lower case, for "N days after the one before"
    family_key          TEXT NOT NULL,
    lead_id             INTEGER NOT NULL REFERENCES release (id),
    name                TEXT NOT NULL,          -- JSON of model.Name
    display             TEXT NOT NULL,
    opened_at           TEXT NOT NULL,
    published_at        TEXT NOT NULL,
    published_origin    TEXT NOT NULL,
    published_precision TEXT NOT NULL,
    silent              INTEGER NOT NULL,       -- known from a baseline, told to nobody
    facts               TEXT NOT NULL,          -- JSON of model.Facts, merged from the observations
    license             TEXT NOT NULL,          -- JSON of model.License
    license_id          TEXT NOT NULL,
    license_verdict     TEXT NOT NULL,
    parameters          INTEGER,
    task                TEXT NOT NULL
) STRICT;
CREATE INDEX release_by_lab ON release (lab, published_at);
CREATE INDEX release_by_date ON release (published_at);
CREATE INDEX release_by_lead ON release (lead_id);
CREATE INDEX release_by_family ON release (lab, family);
CREATE INDEX release_by_family_key ON release (family_key);
CREATE INDEX release_by_display ON release (display COLLATE NOCASE);

CREATE TABLE artifact (
    hub_id     TEXT PRIMARY KEY,
    release_id INTEGER NOT NULL REFERENCES release (id),
    repository TEXT NOT NULL,
    head       INTEGER NOT NULL,
    provisional INTEGER NOT NULL,
    packaging  TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    facts      TEXT NOT NULL
) STRICT;
CREATE INDEX artifact_by_release ON artifact (release_id);
CREATE INDEX artifact_by_repository ON artifact (repository COLLATE NOCASE);

-- What a source showed, once each. Append-only but for the release that it turns out to belong to.
CREATE TABLE observation (
    id                  INTEGER PRIMARY KEY,
    source_id           TEXT NOT NULL,
    source              TEXT NOT NULL,
    lab                 TEXT NOT NULL,
    external_id         TEXT NOT NULL,
    title               TEXT NOT NULL,
    url                 TEXT NOT NULL,
    published_at        TEXT,
    published_origin    TEXT,
    published_precision TEXT,
    seen_at             TEXT NOT NULL,
    live                INTEGER NOT NULL,       -- seen when it happened, not in a baseline
    amends              INTEGER NOT NULL,       -- seen before; only its name or its facts are new
    facts               TEXT NOT NULL,
    links               TEXT NOT NULL,
    kind                TEXT NOT NULL,
    reason              TEXT NOT NULL,
    name                TEXT,
    release_id          INTEGER REFERENCES release (id),
    wait_until          TEXT                    -- a listing that waits for somebody to confirm it
) STRICT;
CREATE INDEX observation_by_release ON observation (release_id);
CREATE INDEX observation_by_title ON observation (title COLLATE NOCASE);
CREATE INDEX observation_by_url ON observation (url);
CREATE INDEX observation_by_external_id ON observation (external_id);
CREATE INDEX observation_waiting ON observation (wait_until) WHERE wait_until IS NOT NULL;

CREATE TABLE destination (
    id            TEXT PRIMARY KEY,
    paused_at     TEXT,
    paused_reason TEXT,
    retry_at      TEXT                          -- when a paused destination is tried again
) STRICT;

CREATE TABLE subscription (
    id          INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    lab         TEXT NOT NULL,                  -- a lab's id, or 'all'
    filters     TEXT NOT NULL DEFAULT '{}',
    origin      TEXT NOT NULL,                  -- feeds.yaml, command line, Slack, embedded default
    created_by  TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL,
    UNIQUE (destination, lab, origin)
) STRICT;

-- The outbox. State: owed -> claimed -> sent; doubtful (to be looked up), unclear (cannot be looked up),
-- impossible, skipped.
CREATE TABLE delivery (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,           -- uuid5 of release key, destination and kind
    release_id  INTEGER NOT NULL REFERENCES release (id),
    destination TEXT NOT NULL,
    kind        TEXT NOT NULL,                  -- alert, note, edit
    note        TEXT,                           -- JSON of model.Note
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
CREATE INDEX delivery_open ON delivery (destination, sequence)
    WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_by_release ON delivery (release_id, kind);
CREATE INDEX delivery_by_state ON delivery (state);
CREATE INDEX delivery_by_destination ON delivery (destination, kind, settled_at);

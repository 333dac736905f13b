-- What the bot knows of what it does not see, and of what it has seen under another name.

-- Names that stood in the text of a feed or page and that no item carried, each once for ever.
CREATE TABLE hint (
    key        TEXT PRIMARY KEY,                -- the release key of the name
    lab        TEXT NOT NULL,
    name       TEXT NOT NULL,                   -- JSON of model.Name
    source_id  TEXT NOT NULL,
    source     TEXT NOT NULL,
    words      TEXT NOT NULL,                   -- the sentence or line around it
    url        TEXT NOT NULL,                   -- the nearest link
    seen_at    TEXT NOT NULL,
    wait_until TEXT NOT NULL,                   -- when a person is asked, if no source brings the release
    state      TEXT NOT NULL DEFAULT 'waiting', -- waiting, asked (what came of it stands in `held`), brought
    brought    TEXT                             -- the key of the release that another source brought
) STRICT, WITHOUT ROWID;
CREATE INDEX hint_by_lab ON hint (lab);
CREATE INDEX hint_open ON hint (wait_until) WHERE state <> 'brought';
-- A hint that a person was asked about is settled like a flood; its `leads` are none.
ALTER TABLE held ADD COLUMN hint TEXT REFERENCES hint (key);
-- Names of models in posts that are no release.
CREATE INDEX observation_by_the_way ON observation (lab, seen_at) WHERE release_id IS NULL AND name IS NOT NULL;

-- The sources that the admins were told are perhaps blind, until they are told that these show something again.
CREATE TABLE perhaps_blind (
    source_id TEXT PRIMARY KEY,
    since     TEXT NOT NULL                     -- the first release of those that it missed
) STRICT, WITHOUT ROWID;

-- Repositories that a release's posts link and that were not open yet; lower-case "owner/name".
CREATE TABLE promise (
    repository TEXT NOT NULL,
    release_id INTEGER NOT NULL REFERENCES release (id),
    PRIMARY KEY (repository, release_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX promise_by_release ON promise (release_id);

-- The key of the release that an observation's own title names, whichever release it came to.
ALTER TABLE observation ADD COLUMN said_key TEXT;
UPDATE observation SET said_key = json_extract(name, '$.release_key') WHERE name IS NOT NULL;

-- For whether a repository was ever seen, by whichever source.
CREATE INDEX seen_by_identity ON seen (identity);

-- What the bot knows of what it does not see, and of what it has seen under another name.

-- What the validators of a source are worth: its last body, when it is next asked for without them, whether they are
-- known to be of an older body, and since when they are trusted no more.
ALTER TABLE source ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN whole_at TEXT;
ALTER TABLE source ADD COLUMN outdated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN distrusted_at TEXT;
-- How many polls of it failed or showed something, by which a poll knows that another one has come before it.
ALTER TABLE source ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
-- An empty first answer used to be taken for a baseline.
UPDATE source SET baseline_at = NULL WHERE usual_count = 0;

-- How many releases a poll announced: a flood may come in drips.
CREATE TABLE announced (
    source_id TEXT NOT NULL,
    at        TEXT NOT NULL,
    releases  INTEGER NOT NULL
) STRICT;
CREATE INDEX announced_by_source ON announced (source_id, at);

-- The days for which a flood was seen to wait, and when the last one was counted.
ALTER TABLE held ADD COLUMN days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE held ADD COLUMN counted_at TEXT;
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
ALTER TABLE held ADD COLUMN hint TEXT; -- its key
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
    release_id INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    PRIMARY KEY (repository, release_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX promise_by_release ON promise (release_id);

-- The key of the release that an observation's own title names, whichever release it came to.
ALTER TABLE observation ADD COLUMN said_key TEXT;
UPDATE observation SET said_key = json_extract(name, '$.release_key') WHERE name IS NOT NULL;

-- For whether a repository was ever seen, by whichever source.
CREATE INDEX seen_by_identity ON seen (identity);

-- How often the subscribers of a destination were told that it is paused: each telling has its own identity.
ALTER TABLE destination ADD COLUMN pauses_told INTEGER NOT NULL DEFAULT 0;

-- Under which lab an address stands in feeds.yaml, as of the last start; the former ones stay. What stood
-- before there was this table, observations tell: an organisation of the listing by what it listed.
CREATE TABLE lab_address (
    address TEXT NOT NULL,                      -- a source's id, or llm_stats:<organisation>
    lab     TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (address, lab)
) STRICT, WITHOUT ROWID;
INSERT INTO lab_address (address, lab, seen_at)
    SELECT CASE source WHEN 'hub' THEN lower(source_id) ELSE source_id END AS address, lab, max(seen_at)
    FROM observation WHERE source NOT IN ('llm_stats', 'import') GROUP BY address, lab;
INSERT INTO lab_address (address, lab, seen_at)
    SELECT 'llm_stats:' || seen.digest AS address, o.lab, max(o.seen_at)
    FROM observation o
    JOIN seen ON seen.source_id = o.source_id AND seen.identity = 'id:' || o.external_id
    WHERE o.source = 'llm_stats' GROUP BY address, o.lab;

-- The key under which a release began, where its lab was renamed since: the ids of its messages are made of it.
ALTER TABLE release ADD COLUMN first_key TEXT;

-- When a release was last news: announced, or its weights opened; of a lead, the last of all that share its alert.
ALTER TABLE release ADD COLUMN came_at TEXT;
ALTER TABLE release ADD COLUMN news_at TEXT;
UPDATE release SET came_at = max(published_at, coalesce((
    SELECT min(o.seen_at) FROM observation o JOIN artifact a ON a.hub_id = o.external_id AND a.head = 1
    WHERE o.release_id = release.id AND o.source = 'hub' AND o.live = 1 AND o.amends = 0), ''));
UPDATE release SET news_at = (SELECT max(member.came_at) FROM release member WHERE member.lead_id = release.id)
WHERE id = lead_id;
DROP INDEX release_shown;
CREATE INDEX release_shown_of_lab ON release (lab, news_at DESC, id DESC) WHERE id = lead_id AND withdrawn = FALSE;

-- What filters ask of a release, as columns of the indexes of leads and of those that share their alerts, so that a
-- question reads no whole rows. The function is releases.facts.memory.bytes_to_serve: when its rule changes, a migration
-- says this once more.
ALTER TABLE release ADD COLUMN memory INTEGER;                      -- that it takes to serve as released, in bytes
ALTER TABLE release ADD COLUMN spdx TEXT NOT NULL DEFAULT '';       -- of its licence, lower-case
ALTER TABLE release ADD COLUMN weights TEXT NOT NULL DEFAULT '';    -- "there" or "none", as in model.Facts
UPDATE release SET
    memory = bytes_to_serve(parameters, json_extract(facts, '$.precision'), json_extract(facts, '$.download_bytes')),
    spdx = lower(coalesce(json_extract(license, '$.spdx'), '')),
    weights = coalesce(json_extract(facts, '$.weights'), '');
CREATE INDEX release_shown ON release
    (news_at DESC, id DESC, lab, memory, parameters, license_verdict, license_id, spdx, task, weights, display)
    WHERE id = lead_id AND withdrawn = FALSE;
CREATE INDEX release_asked ON release
    (lead_id, withdrawn, memory, parameters, license_verdict, license_id, spdx, task, weights, display)
    WHERE id <> lead_id;
-- What was announced, for what sources showed of it; and what came before a release in its family.
CREATE INDEX release_announced ON release (opened_at) WHERE id = lead_id AND silent = FALSE AND withdrawn = FALSE;
DROP INDEX release_by_family;
CREATE INDEX release_by_family ON release (lab, family, published_at);

-- Why a destination that follows a lab was owed no alert of its release, as was decided last.
CREATE TABLE declined (
    release_id  INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    why         TEXT NOT NULL,
    final       INTEGER NOT NULL,               -- facts that arrive later change nothing: the lab was muted
    PRIMARY KEY (release_id, destination)
) STRICT, WITHOUT ROWID;

-- Since when every answer to a message is one that nobody knows, and when the admins heard of it, or that nobody knows
-- whether it arrived.
ALTER TABLE delivery ADD COLUMN strange_since TEXT;
ALTER TABLE delivery ADD COLUMN told_at TEXT;
CREATE INDEX delivery_strange ON delivery (destination) WHERE strange_since IS NOT NULL;

-- What keeps the bot from looking its messages up in a workspace: scopes of Slack that it lacks, as of when that was
-- asked last, and 'metadata' where Slack did not keep what its latest message is found by.
CREATE TABLE lacking (
    team TEXT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (team, what)
) STRICT, WITHOUT ROWID;

-- An install that has begun is known by what its browser brings back, sealed.
DROP TABLE oauth_state;

-- What people did within the last hour.
CREATE TABLE deed (
    request TEXT NOT NULL,                      -- Slack's id of it
    what    TEXT NOT NULL,
    person  TEXT NOT NULL,
    kind    TEXT NOT NULL,                      -- change, report
    at      TEXT NOT NULL,
    PRIMARY KEY (request, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX deed_by_person ON deed (person, kind);

-- Of a message that was perhaps posted: between which moments by the server's clock, how far a look-up has come, and
-- whether what is behind it goes ahead of it.
ALTER TABLE delivery ADD COLUMN posted_after TEXT;
ALTER TABLE delivery ADD COLUMN posted_before TEXT;
ALTER TABLE delivery ADD COLUMN reached TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN yields INTEGER NOT NULL DEFAULT 0;

-- How long a thread rests between two replies, and until when a reply waits for what else comes to its thread.
ALTER TABLE destination ADD COLUMN every TEXT NOT NULL DEFAULT '15m';
ALTER TABLE delivery ADD COLUMN wait_until TEXT;

-- How many messages were ever claimed; the file `claims` beside the database says so too, and more than this does where
-- an older copy of the database was put back.
CREATE TABLE claims (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    made INTEGER NOT NULL
) STRICT;
INSERT INTO claims (id, made) VALUES (1, 0);
-- That only a gap in time speaks for it: what is doubted for that is sent where it cannot be looked up.
ALTER TABLE restoration ADD COLUMN suspected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN suspected INTEGER NOT NULL DEFAULT 0;

-- The labs that were added beside feeds.yaml.
CREATE TABLE added_lab (
    lab      TEXT PRIMARY KEY,                  -- its id
    written  TEXT NOT NULL,                     -- JSON of the rest, as feeds.yaml would say it
    added_by TEXT NOT NULL,                     -- a person in Slack, or a user of the machine
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The channels whose id Slack has changed: the former ids, which feeds.yaml may still name and of which the ids of
-- messages are made, with that of today.
CREATE TABLE former_channel (
    former   TEXT PRIMARY KEY,
    id       TEXT NOT NULL,
    moved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a channel made of a release: being looked at, adopted, or not for it; open where there is no row. It stays with
-- the release that led its wave then: of several in one wave, as after a merge, the last one holds.
CREATE TABLE triage (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    release_id  INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    state       TEXT NOT NULL,                  -- looking, adopted, no
    person      TEXT NOT NULL,                  -- Slack's id
    name        TEXT NOT NULL,                  -- as Slack gave it, or ''
    at          TEXT NOT NULL,
    UNIQUE (destination, release_id)
) STRICT;
CREATE INDEX triage_by_release ON triage (release_id);

-- What somebody waits for, until it is so and they are told: a release of a lab that is as the filters say.
CREATE TABLE watch (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,                  -- where it was asked, and is told
    lab         TEXT NOT NULL,
    name        TEXT NOT NULL,                  -- of the release as it was typed; '' is any of the lab's
    filters     TEXT NOT NULL,                  -- JSON of Filters
    packaging   TEXT NOT NULL,                  -- lower-case: gguf, fp8 ...; '' is any
    request     TEXT NOT NULL,                  -- Slack's id of the question: the id of the answer is made of it
    created_by  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    UNIQUE (destination, lab, name, filters, packaging)
) STRICT;

-- Whom an alert calls, and when a destination wants to sleep.
ALTER TABLE destination ADD COLUMN notify TEXT;                     -- JSON of records.MentionRule
ALTER TABLE destination ADD COLUMN quiet TEXT;                      -- JSON of records.QuietHours
ALTER TABLE delivery ADD COLUMN called TEXT NOT NULL DEFAULT '';    -- Slack's id of whom the alert mentions
ALTER TABLE delivery ADD COLUMN hushed INTEGER NOT NULL DEFAULT 0;  -- it waits for the end of quiet hours

-- What every tick asks of the outbox, so that it is as quick with a hundred thousand messages owed as with none. An index
-- by state alone would be taken for all of it, and hold nearly every message under one state.
DROP INDEX delivery_by_state;
DROP INDEX delivery_open;
CREATE INDEX delivery_open ON delivery (destination, sequence, state) WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_settled ON delivery (state) WHERE settled_at IS NOT NULL;
CREATE INDEX delivery_suspected ON delivery (destination, sequence)
    WHERE state = 'doubtful' AND suspected = TRUE AND kind = 'alert';
CREATE INDEX delivery_created ON delivery (created_at) WHERE state IN ('owed', 'doubtful');
CREATE INDEX delivery_begun ON delivery (claimed_at) WHERE state IN ('owed', 'doubtful');
CREATE INDEX delivery_claimed ON delivery (destination) WHERE state = 'claimed';
CREATE INDEX delivery_unclear ON delivery (told_at, sequence) WHERE state = 'unclear';

-- Who was asked to tell at once when a source changes. A source that is polled alone has no row.
CREATE TABLE push (
    source_id   TEXT PRIMARY KEY,
    hub         TEXT NOT NULL,                  -- the address that was asked
    topic       TEXT NOT NULL,                  -- what it was asked for: the feed's own address, an organisation
    token       TEXT NOT NULL,                  -- ends the address that a WebSub hub calls; '' is the Hub's webhook
    asked_at    TEXT NOT NULL,
    lease_until TEXT,                           -- as the hub confirmed it; NULL before, and for the Hub's webhook
    renew_at    TEXT,                           -- when it is asked again; NULL for the Hub's webhook
    refused     TEXT NOT NULL DEFAULT ''        -- why it would not, the last time
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX push_by_token ON push (token) WHERE token <> '';
CREATE INDEX push_renewed ON push (renew_at) WHERE renew_at IS NOT NULL;

-- The name that the manifest gives the command, as it was typed last. No row before that.
CREATE TABLE command (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;

-- As the statements have it that PostgreSQL reads as well: truths are said, and letters compared as lower-case ones.
DROP INDEX release_moved;
CREATE INDEX release_moved ON release (id)
    WHERE withdrawn = TRUE OR home_lead_id IS NOT NULL OR home_lab IS NOT NULL;
DROP INDEX release_by_display;
CREATE INDEX release_by_display ON release (lower(display), display, lead_id, withdrawn);
DROP INDEX artifact_by_repository;
CREATE INDEX artifact_by_repository ON artifact (lower(repository));
DROP INDEX observation_by_title;
CREATE INDEX observation_by_title ON observation (lower(title));

-- The habit of each lab that has releases (see cadence.habits): NULL since one of them changed, until it is made again.
-- Whatever changes what a lab shipped comes by here, so no habit is kept that is not so any more.
CREATE TABLE habit (
    lab   TEXT PRIMARY KEY,
    habit TEXT                                  -- JSON of Habit
) STRICT, WITHOUT ROWID;
INSERT INTO habit (lab) SELECT DISTINCT lab FROM release;
CREATE TRIGGER release_came AFTER INSERT ON release BEGIN
    INSERT INTO habit (lab) VALUES (NEW.lab) ON CONFLICT (lab) DO UPDATE SET habit = NULL WHERE habit IS NOT NULL;
END;
CREATE TRIGGER release_went AFTER DELETE ON release BEGIN
    UPDATE habit SET habit = NULL WHERE lab = OLD.lab;
END;
CREATE TRIGGER release_changed AFTER UPDATE OF lab, display, family_key, family, name, published_at, published_origin,
    published_precision, license, license_verdict, parameters, withdrawn ON release BEGIN
    UPDATE habit SET habit = NULL WHERE lab = OLD.lab AND habit IS NOT NULL;
    INSERT INTO habit (lab) VALUES (NEW.lab) ON CONFLICT (lab) DO UPDATE SET habit = NULL WHERE habit IS NOT NULL;
END;
CREATE TRIGGER artifact_came AFTER INSERT ON artifact BEGIN
    UPDATE habit SET habit = NULL WHERE lab = (SELECT lab FROM release WHERE id = NEW.release_id);
END;
CREATE TRIGGER artifact_went AFTER DELETE ON artifact BEGIN
    UPDATE habit SET habit = NULL WHERE lab = (SELECT lab FROM release WHERE id = OLD.release_id);
END;
CREATE TRIGGER artifact_changed AFTER UPDATE OF release_id, facts ON artifact BEGIN
    UPDATE habit SET habit = NULL
    WHERE lab IN (SELECT lab FROM release WHERE id IN (OLD.release_id, NEW.release_id));
END;

-- That this database was moved, or is what came of it; see bot/store/moved.py.
CREATE TABLE moved (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL,                        -- filling, here, gone
    move  TEXT NOT NULL,                        -- both sides have the same
    other TEXT NOT NULL,                        -- where the other side is, for people
    host  TEXT NOT NULL,                        -- the machine on which it was done
    at    TEXT NOT NULL
) STRICT;

-- How much the labs' models are used, measured weekly. A week is its Monday in UTC; times as in schema.sql.

-- What there is to ask in a week, and when. What was never done is a gap, and is told as one.
CREATE TABLE adoption_task (
    week      TEXT NOT NULL,
    subject   TEXT NOT NULL,                    -- downloads (of an organisation), derivatives (of a repository)
    asked_of  TEXT NOT NULL,                    -- an organisation, or owner/repository
    lab       TEXT NOT NULL,
    due_at    TEXT NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    requests  INTEGER NOT NULL DEFAULT 0,       -- that it cost so far
    complaint TEXT NOT NULL DEFAULT '',
    done_at   TEXT,
    PRIMARY KEY (week, subject, asked_of)
) STRICT, WITHOUT ROWID;
CREATE INDEX adoption_task_due ON adoption_task (due_at) WHERE done_at IS NULL;

-- The series. Rows are added, never changed but by measuring the same thing again in the same week.
CREATE TABLE adoption_figure (
    week         TEXT NOT NULL,
    lab          TEXT NOT NULL,
    measure      TEXT NOT NULL,                 -- see cadence.measures.Measure
    asked_of     TEXT NOT NULL,
    value        INTEGER NOT NULL,
    repositories INTEGER NOT NULL,              -- the size of the set that was counted
    complete     INTEGER NOT NULL,              -- 0: the value is the least that it can be
    PRIMARY KEY (week, lab, measure, asked_of)
) STRICT, WITHOUT ROWID;

-- The set itself, as of the last time that its organisation was measured; those that vanished stay.
CREATE TABLE adoption_repository (
    organisation TEXT NOT NULL,
    hub_id       TEXT NOT NULL,
    name         TEXT NOT NULL,
    downloads    INTEGER NOT NULL,
    listed       INTEGER NOT NULL,
    PRIMARY KEY (organisation, hub_id)
) STRICT, WITHOUT ROWID;

-- How the set changed between two measurements.
CREATE TABLE adoption_change (
    week      TEXT NOT NULL,
    lab       TEXT NOT NULL,
    hub_id    TEXT NOT NULL,
    kind      TEXT NOT NULL,                    -- new, returned, vanished, renamed
    name      TEXT NOT NULL,
    former    TEXT NOT NULL,
    downloads INTEGER NOT NULL,
    PRIMARY KEY (week, lab, hub_id, kind)
) STRICT, WITHOUT ROWID;

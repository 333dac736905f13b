-- What the bot knows of what it does not see, and of what it has seen under another name.

-- Under which lab an address stands in feeds.yaml, as of the last start; the former ones stay. What stood
-- before there was this table, observations tell: an organisation of the listing by what it listed.
CREATE TABLE standing (
    address TEXT NOT NULL,                      -- a source's id, or llm_stats:<organisation>
    lab     TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (address, lab)
) STRICT, WITHOUT ROWID;
INSERT INTO standing (address, lab, seen_at)
    SELECT CASE source WHEN 'hub' THEN lower(source_id) ELSE source_id END AS address, lab, max(seen_at)
    FROM observation WHERE source NOT IN ('llm_stats', 'import') GROUP BY address, lab;
INSERT INTO standing (address, lab, seen_at)
    SELECT 'llm_stats:' || seen.digest AS address, o.lab, max(o.seen_at)
    FROM observation o
    JOIN seen ON seen.source_id = o.source_id AND seen.identity = 'id:' || o.external_id
    WHERE o.source = 'llm_stats' GROUP BY address, o.lab;

-- The key under which a release began, where its lab was renamed since: the ids of its messages are made of it.
ALTER TABLE release ADD COLUMN first_key TEXT;

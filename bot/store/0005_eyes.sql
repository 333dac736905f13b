-- What the bot knows of what it does not see, and of what it has seen under another name.

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

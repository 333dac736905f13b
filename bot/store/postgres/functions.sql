-- What SQLite has and PostgreSQL calls otherwise, so that the statements stay the same letters.

CREATE FUNCTION json_each(document TEXT) RETURNS TABLE (key TEXT, value TEXT) LANGUAGE sql IMMUTABLE ROWS 20 AS $$
    SELECT CAST(number - 1 AS TEXT), item
    FROM jsonb_array_elements_text(CAST(document AS JSONB)) WITH ORDINALITY AS each (item, number)
$$;

CREATE FUNCTION instr(haystack TEXT, needle TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT CAST(strpos(haystack, needle) AS BIGINT)
$$;
CREATE FUNCTION instr(haystack JSONB, needle TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT CAST(strpos(CAST(haystack AS TEXT), needle) AS BIGINT)
$$;

-- Of a path as '$.lab'.
CREATE FUNCTION json_set(document JSONB, path TEXT, item TEXT) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_set(document, string_to_array(substr(path, 3), '.'), to_jsonb(item))
$$;

CREATE FUNCTION text_of_array(items TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT CAST(to_json(items) AS TEXT)
$$;
CREATE AGGREGATE json_group_array(TEXT) (
    SFUNC = array_append, STYPE = TEXT[], INITCOND = '{}', FINALFUNC = text_of_array
);

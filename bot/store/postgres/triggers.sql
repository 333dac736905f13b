-- The triggers of bot/store/*.sql: a lab's habit is made again after what it shipped has changed.

CREATE FUNCTION forget_habit_of_release() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE habit SET habit = NULL WHERE lab = OLD.lab AND habit IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO habit (lab) VALUES (NEW.lab)
        ON CONFLICT (lab) DO UPDATE SET habit = NULL WHERE habit.habit IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER release_came AFTER INSERT OR DELETE ON release
    FOR EACH ROW EXECUTE FUNCTION forget_habit_of_release();
CREATE TRIGGER release_changed AFTER UPDATE OF lab, display, family_key, family, name, published_at, published_origin,
    published_precision, license, license_verdict, parameters, withdrawn ON release
    FOR EACH ROW EXECUTE FUNCTION forget_habit_of_release();

CREATE FUNCTION forget_habit_of_artifact() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE habit SET habit = NULL WHERE habit IS NOT NULL AND lab IN (
        SELECT lab FROM release WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.release_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.release_id END));
    RETURN NULL;
END $$;
CREATE TRIGGER artifact_came AFTER INSERT OR DELETE ON artifact
    FOR EACH ROW EXECUTE FUNCTION forget_habit_of_artifact();
CREATE TRIGGER artifact_changed AFTER UPDATE OF release_id, facts ON artifact
    FOR EACH ROW EXECUTE FUNCTION forget_habit_of_artifact();

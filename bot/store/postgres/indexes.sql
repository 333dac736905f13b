-- The indexes of bot/store/*.sql, for the same statements.

CREATE INDEX adoption_task_due ON adoption_task (due_at) WHERE done_at IS NULL;
CREATE INDEX announced_by_source ON announced (source_id, at);
CREATE INDEX artifact_by_release ON artifact (release_id);
CREATE INDEX artifact_moved ON artifact (home_id) WHERE home_id IS NOT NULL;
CREATE INDEX artifact_judged ON artifact (hub_id) WHERE home_provisional IS NOT NULL;
CREATE INDEX artifact_by_repository ON artifact (lower(repository));
CREATE INDEX deed_by_person ON deed (person, kind);
CREATE INDEX delivery_by_release ON delivery (release_id, kind, destination);
CREATE INDEX delivery_by_destination ON delivery (destination, kind, settled_at);
CREATE INDEX delivery_by_message ON delivery (destination, ts) WHERE ts IS NOT NULL;
CREATE INDEX delivery_by_carrier ON delivery (carrier) WHERE carrier IS NOT NULL;
CREATE INDEX delivery_moved ON delivery (home_id) WHERE home_id IS NOT NULL;
CREATE INDEX delivery_strange ON delivery (destination) WHERE strange_since IS NOT NULL;
CREATE INDEX delivery_open ON delivery (destination, sequence, state) WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_open_of_shard ON delivery (shard, destination, sequence, state)
    WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_due ON delivery (due_at, shard) WHERE state IN ('owed', 'claimed', 'doubtful');
CREATE INDEX delivery_posted_of_shard ON delivery (shard, settled_at) WHERE state = 'sent';
CREATE INDEX delivery_settled ON delivery (state) WHERE settled_at IS NOT NULL;
CREATE INDEX delivery_suspected ON delivery (destination, sequence)
    WHERE state = 'doubtful' AND suspected = TRUE AND kind = 'alert';
CREATE INDEX delivery_created ON delivery (created_at) WHERE state IN ('owed', 'doubtful');
CREATE INDEX delivery_begun ON delivery (claimed_at) WHERE state IN ('owed', 'doubtful');
CREATE INDEX delivery_claimed ON delivery (destination) WHERE state = 'claimed';
CREATE INDEX delivery_unclear ON delivery (told_at, sequence) WHERE state = 'unclear';
CREATE INDEX destination_by_digest ON destination (digest_at) WHERE digest_at IS NOT NULL;
CREATE INDEX held_waiting ON held (held_at) WHERE state = 'waiting';
CREATE INDEX hint_by_lab ON hint (lab);
CREATE INDEX hint_open ON hint (wait_until) WHERE state <> 'brought';
CREATE INDEX observation_by_release ON observation (release_id);
CREATE INDEX observation_by_url ON observation (url);
CREATE INDEX observation_by_external_id ON observation (external_id);
CREATE INDEX observation_waiting ON observation (wait_until) WHERE wait_until IS NOT NULL;
CREATE INDEX observation_moved ON observation (home_id) WHERE home_id IS NOT NULL;
CREATE INDEX observation_by_the_way ON observation (lab, seen_at) WHERE release_id IS NULL AND name IS NOT NULL;
CREATE INDEX observation_by_title ON observation (lower(title));
CREATE INDEX promise_by_release ON promise (release_id);
CREATE UNIQUE INDEX push_by_token ON push (token) WHERE token <> '';
CREATE INDEX push_renewed ON push (renew_at) WHERE renew_at IS NOT NULL;
CREATE INDEX release_by_lab ON release (lab, published_at);
CREATE INDEX release_by_date ON release (published_at);
CREATE INDEX release_by_lead ON release (lead_id);
CREATE INDEX release_by_family_key ON release (family_key);
CREATE INDEX release_given ON release (home_lab) WHERE home_lab IS NOT NULL;
CREATE INDEX release_shown ON release
    (news_at DESC, id DESC, lab, memory, parameters, license_verdict, license_id, spdx, task, weights, display)
    WHERE id = lead_id AND withdrawn = FALSE;
CREATE INDEX release_shown_of_lab ON release (lab, news_at DESC, id DESC) WHERE id = lead_id AND withdrawn = FALSE;
CREATE INDEX release_asked ON release
    (lead_id, withdrawn, memory, parameters, license_verdict, license_id, spdx, task, weights, display)
    WHERE id <> lead_id;
CREATE INDEX release_announced ON release (opened_at) WHERE id = lead_id AND silent = FALSE AND withdrawn = FALSE;
CREATE INDEX release_by_family ON release (lab, family, published_at);
CREATE INDEX release_moved ON release (id) WHERE withdrawn = TRUE OR home_lead_id IS NOT NULL OR home_lab IS NOT NULL;
CREATE INDEX release_by_display ON release (lower(display), display, lead_id, withdrawn);
CREATE INDEX report_open ON report (id) WHERE closed_at IS NULL;
CREATE INDEX request_by_time ON request (at);
CREATE INDEX seen_by_identity ON seen (identity);
CREATE INDEX subscription_by_lab ON subscription (lab);
CREATE INDEX triage_by_release ON triage (release_id);

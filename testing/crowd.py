"""Many candidates at once, for lists: put into the database in a few statements, in every state."""

from __future__ import annotations

from sqlalchemy import Engine, text

#: Of ten candidates: who has not come, who is at it, whose deadline passed, who is graded, rated, decided.
STATEMENTS = (
    "SET LOCAL session_replication_role = replica",  # the triggers once for all at the end, not for each row
    """
    INSERT INTO candidates (id, org_id, email, first_name, last_name, external_id)
    SELECT substr(md5('c' || :org || n), 1, 20), :org, 'person' || n || '.' || left(:org, 6) || '@example.org',
           (ARRAY['Ada', 'Bea', 'Cem', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal', 'Ina', 'Jon'])[1 + n % 10],
           (ARRAY['Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Novak', 'Silva', 'Kaya'])[1 + n % 7] || ' ' || n,
           'X-' || n
    FROM generate_series(1, :people) AS n
    """,
    """
    INSERT INTO invitations (id, org_id, candidate_id, challenge, attempts, tags, deadline, created_at, opened_at,
                             started_at, closed_at)
    SELECT substr(md5('i' || :org || n), 1, 20), :org, substr(md5('c' || :org || n), 1, 20), 'ml_pipeline', 3,
           CASE n % 3 WHEN 0 THEN ARRAY['berlin'] WHEN 1 THEN ARRAY['remote', 'spring'] ELSE '{}' END,
           CASE WHEN n % 10 = 3 THEN now() - interval '1 day' ELSE now() + interval '1 hour' * (24 + n % 400) END,
           now() - interval '1 minute' * n, CASE WHEN n % 10 > 0 THEN now() END, CASE WHEN n % 10 > 1 THEN now() END,
           CASE WHEN n % 10 > 4 OR n % 10 = 3 THEN now() END
    FROM generate_series(1, :people) AS n
    """,
    """
    INSERT INTO submissions (id, org_id, invitation_id, challenge, name, sha256, size, state, run, report_run,
                             created_at, finished_at)
    SELECT substr(md5('s' || :org || n), 1, 20), :org, substr(md5('i' || :org || n), 1, 20), 'ml_pipeline',
           'pipeline.py', md5(n::text), 1000, CASE WHEN n % 100 = 4 THEN 'failed' ELSE 'graded' END, 1,
           CASE WHEN n % 100 = 4 THEN NULL ELSE 1 END, now() - interval '1 minute' * (n / 2), now()
    FROM generate_series(1, :people) AS n WHERE n % 10 > 4 OR n % 100 = 4
    """,
    """
    INSERT INTO gradings (submission_id, run, reason, state, band, grader_version, challenge_version,
                          data_fingerprint, rubric_version, finished_at, summary)
    SELECT substr(md5('s' || :org || n), 1, 20), 1, 'first', 'graded', 1 + n % 4, '1', '1', '1', '1', now(),
           jsonb_build_object('band', 1 + n % 4, 'bands', jsonb_build_array(1 + n % 4), 'score', 10 + n % 85,
             'low', 8 + n % 85, 'high', 13 + n % 85, 'caps', '[]'::jsonb, 'problem', NULL, 'sections', '[]'::jsonb)
    FROM generate_series(1, :people) AS n WHERE n % 10 > 4
    """,
    """
    INSERT INTO decisions (id, org_id, invitation_id, member_id, version, outcome, rationale)
    SELECT substr(md5('d' || :org || n), 1, 20), :org, substr(md5('i' || :org || n), 1, 20), :member, 1,
           'hold', 'Later.'
    FROM generate_series(1, :people) AS n WHERE n % 10 > 6
    """,
    """
    INSERT INTO gradings (submission_id, run, reason, state, band, grader_version, challenge_version,
                          data_fingerprint, rubric_version, finished_at, summary)
    SELECT g.submission_id, 2, 'rescore', 'graded', g.band, '2', '1', '1', '2', now(), g.summary
    FROM gradings AS g JOIN submissions AS s ON s.id = g.submission_id WHERE :regraded AND s.org_id = :org
    """,
    "SET LOCAL session_replication_role = origin",
    "UPDATE invitations SET status = status WHERE org_id = :org",
    "SET LOCAL session_replication_role = replica",
    "UPDATE invitations SET moved_at = created_at WHERE org_id = :org",
)


def crowd(engine: Engine, org_id: str, member_id: str, people: int, *, regraded: bool = False) -> None:
    """That many candidates of an organisation, each with an invitation; `member_id` decided about three of ten.

    Half of them have a grading; with `regraded` a second one beside it, so there are as many gradings as candidates.
    """
    values = {"org": org_id, "member": member_id, "people": people, "regraded": regraded}
    with engine.begin() as connection:
        for statement in STATEMENTS:
            connection.execute(text(statement), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))

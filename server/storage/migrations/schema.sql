-- The schema after all migrations, for stores that are new: made by `make migration`, never by hand.
-- After: 0001_initial
-- After: 0002_search
-- After: 0003_search_rows
-- After: 0004_drop_cursors
-- After: 0005_rule_set_states
-- After: 0006_quotes
-- After: 0007_explanations_and_shadow
-- After: 0008_agreements
-- After: 0009_labels_with_categories
-- After: 0010_checkpoints
-- After: 0011_review_by_several
-- After: 0012_agreement_purges
-- After: 0013_contributions_by_author
-- After: 0013_self_tests
-- After: 0014_contributions_by_edit
-- After: 0015_organising
-- After: 0016_facilitation
-- After: 0017_asking_the_crowd
-- After: 0018_notices_and_finding
-- After: 0019_reading_places
-- After: 0020_undo_windows
-- After: 0021_search_leaves_out_hidden
-- After: 0022_files
-- After: 0023_one_slug_in_a_jam
-- After: 0024_writing
-- After: 0025_events_by_kind
-- After: 0026_walls
-- After: 0027_host_pictures_and_forums
-- After: 0028_answers_and_presence
-- After: 0029_voices
-- After: 0030_wide_search
-- After: 0031_servers
-- After: 0032_language_of_mails
-- After: 0033_member_lists
-- After: 0034_theme_edits
-- After: 0035_identities
-- After: 0036_lists_of_partners
-- After: 0037_outcomes
-- After: 0038_insight
-- After: 0039_likeness
-- After: 0040_goals
-- After: 0041_spreads
-- After: 0042_report_versions
-- After: 0043_work_streams
-- After: 0044_language_of_words
-- After: 0045_linked_files
-- After: 0046_types_of_files_elsewhere
-- After: 0047_tallies
-- After: 0048_files_of_versions
-- After: 0049_attached_to_versions
-- After: 0050_notices_by_member
-- After: 0051_locks_and_bans
-- After: 0052_theme_parts
-- After: 0053_theme_places
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
CREATE TABLE "audit" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" REAL NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "act" VARCHAR(40) NOT NULL,
    "subject_id" VARCHAR(255) NOT NULL,
    "hash" VARCHAR(64) NOT NULL
);
CREATE TABLE "events" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" REAL NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "subject_id" VARCHAR(32) NOT NULL,
    "data" TEXT NOT NULL
);
CREATE TABLE "jams" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "slug" VARCHAR(64) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "question" TEXT NOT NULL,
    "promise" TEXT NOT NULL,
    "off_limits" TEXT NOT NULL,
    "decide_by" VARCHAR(100) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "opens_at" REAL NOT NULL,
    "closes_at" REAL NOT NULL,
    "created_at" REAL NOT NULL,
    CONSTRAINT "uid_jams_slug_b4a338" UNIQUE ("slug", "host")
);
CREATE TABLE "links" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "member_id" VARCHAR(32) NOT NULL,
    "ends_at" REAL NOT NULL,
    "used_at" REAL
);
CREATE TABLE "marks" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "made_at" REAL NOT NULL,
    CONSTRAINT "uid_marks_contrib_2c66e1" UNIQUE ("contribution_id", "kind", "member_id")
);
CREATE TABLE "members" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "username" VARCHAR(128) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "unit" VARCHAR(100) NOT NULL,
    "role" VARCHAR(20) NOT NULL,
    "consent" INT NOT NULL,
    "uri" VARCHAR(2000) NOT NULL UNIQUE,
    "url" VARCHAR(2000) NOT NULL,
    "active" INT NOT NULL,
    "password_hash" VARCHAR(300) NOT NULL,
    "created_at" REAL NOT NULL, "voice" INT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_members_usernam_4d3e54" UNIQUE ("username", "host")
);
CREATE TABLE "pseudonyms" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "thread_id" VARCHAR(32) NOT NULL,
    "uri" VARCHAR(2000) NOT NULL UNIQUE,
    "username" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    CONSTRAINT "uid_pseudonyms_member__ebf20d" UNIQUE ("member_id", "thread_id")
);
CREATE TABLE "recalls" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "peer" VARCHAR(255) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "asked_at" REAL NOT NULL,
    CONSTRAINT "uid_recalls_contrib_331a04" UNIQUE ("contribution_id", "peer")
);
CREATE TABLE "rule_sets" (
    "version" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "approver_id" VARCHAR(32) NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" REAL NOT NULL
, "base" INT NOT NULL DEFAULT 0, "origin" VARCHAR(10) NOT NULL DEFAULT 'edited', "starts_at" REAL, "began_at" REAL, "ended_at" REAL);
CREATE TABLE "sessions" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "member_id" VARCHAR(32) NOT NULL,
    "csrf" VARCHAR(64) NOT NULL,
    "created_at" REAL NOT NULL,
    "seen_at" REAL NOT NULL
);
CREATE TABLE "themes" (
    "jam_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "seq" INT NOT NULL,
    "report" TEXT NOT NULL,
    "snapshot" BLOB NOT NULL,
    "made_at" REAL NOT NULL
, "drawn" TEXT NOT NULL DEFAULT '');
CREATE TABLE "tokens" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "member_id" VARCHAR(32) NOT NULL,
    "created_at" REAL NOT NULL
);
CREATE TABLE "twins" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "form" VARCHAR(100) NOT NULL,
    "uri" VARCHAR(2000) NOT NULL UNIQUE,
    CONSTRAINT "uid_twins_contrib_d28a1b" UNIQUE ("contribution_id", "form")
);
CREATE TABLE "verdicts" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "contribution_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "audience" VARCHAR(255) NOT NULL,
    "act" VARCHAR(20) NOT NULL,
    "effect" VARCHAR(10) NOT NULL,
    "rules" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "facts" TEXT NOT NULL,
    "rule_set" INT NOT NULL,
    "decided_at" REAL NOT NULL, "decision" TEXT NOT NULL DEFAULT '', "found" TEXT NOT NULL DEFAULT '[]',
    CONSTRAINT "uid_verdicts_contrib_2f49b3" UNIQUE ("contribution_id", "version", "audience", "act")
);
CREATE TABLE "versions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "number" INT NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "text" TEXT NOT NULL,
    "written_at" REAL NOT NULL, "reason" VARCHAR(200) NOT NULL DEFAULT '', "refiled" INT NOT NULL DEFAULT 1, "attached" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "uid_versions_contrib_84d22c" UNIQUE ("contribution_id", "number")
);
CREATE TABLE "search_rows" (
    "contribution_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "number" INT NOT NULL
);
CREATE TABLE "inside_keys" (
    "name" VARCHAR(40) NOT NULL  PRIMARY KEY,
    "bytes" BLOB NOT NULL
);
CREATE TABLE "printed" (
    "number" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL UNIQUE
);
CREATE TABLE fingerprints (hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hash, number)) WITHOUT ROWID;
CREATE TABLE "past_verdicts" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "contribution_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "audience" VARCHAR(255) NOT NULL,
    "act" VARCHAR(20) NOT NULL,
    "effect" VARCHAR(10) NOT NULL,
    "rules" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "facts" TEXT NOT NULL,
    "rule_set" INT NOT NULL,
    "decided_at" REAL NOT NULL,
    "decision" TEXT NOT NULL,
    "found" TEXT NOT NULL
);
CREATE TABLE "shadow_verdicts" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "rule_set" INT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "audience" VARCHAR(255) NOT NULL,
    "act" VARCHAR(20) NOT NULL,
    "before" VARCHAR(10) NOT NULL,
    "after" VARCHAR(10) NOT NULL,
    "rules" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "opens" INT NOT NULL,
    "decided_at" REAL NOT NULL,
    CONSTRAINT "uid_shadow_verd_rule_se_98e170" UNIQUE ("rule_set", "contribution_id", "version", "audience", "act")
);
CREATE TABLE "agreements" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "uri" VARCHAR(2000) NOT NULL UNIQUE,
    "host" VARCHAR(255) NOT NULL,
    "version" INT NOT NULL,
    "ours" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "terms" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "acceptance" TEXT NOT NULL,
    "ends_at" REAL NOT NULL,
    "note" TEXT NOT NULL,
    "made_by" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "answered_by" VARCHAR(32) NOT NULL,
    "answered_at" REAL,
    "begun_at" REAL,
    "closed_by" VARCHAR(4) NOT NULL,
    "closed_at" REAL,
    "purged_at" REAL,
    "purged" INT NOT NULL
, "stated_at" REAL, "statement" TEXT NOT NULL DEFAULT '', "told_at" REAL);
CREATE TABLE "forums" ("id" VARCHAR(32) NOT NULL  PRIMARY KEY, "jam_id" VARCHAR(32) NOT NULL, "slug" VARCHAR(64) NOT NULL, "title" VARCHAR(200) NOT NULL, "question" TEXT NOT NULL, "audience" VARCHAR(10) NOT NULL, "label" VARCHAR(200) NOT NULL, "peers" TEXT NOT NULL, "uri" VARCHAR(2000) NOT NULL UNIQUE, "host" VARCHAR(255) NOT NULL, "handle" VARCHAR(400) NOT NULL UNIQUE, "joined" INT NOT NULL, "created_at" REAL NOT NULL, "closed_at" REAL, "place" INT NOT NULL DEFAULT 0, "names" VARCHAR(10) NOT NULL DEFAULT 'named', "members_only" INT NOT NULL DEFAULT 0);
CREATE TABLE "partners" ("host" VARCHAR(255) NOT NULL  PRIMARY KEY, "name" VARCHAR(200) NOT NULL, "tier" VARCHAR(10) NOT NULL, "clearance" VARCHAR(200) NOT NULL, "state" VARCHAR(10) NOT NULL, "added_at" REAL NOT NULL);
CREATE TABLE "checkpoints" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "seq" INT NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "at" REAL NOT NULL,
    "count" INT NOT NULL,
    "before" VARCHAR(64) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    "signature" VARCHAR(128) NOT NULL
);
CREATE TABLE "hold_answers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "hold_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "decision" VARCHAR(10) NOT NULL,
    "offer" VARCHAR(64) NOT NULL,
    "note" TEXT NOT NULL,
    "batch" VARCHAR(32) NOT NULL,
    "answered_at" REAL NOT NULL,
    "undone_at" REAL
);
CREATE TABLE "holds" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "direction" VARCHAR(3) NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "activity_uri" VARCHAR(2000) NOT NULL,
    "peer" VARCHAR(255) NOT NULL,
    "forum_id" VARCHAR(32) NOT NULL,
    "author" VARCHAR(400) NOT NULL,
    "preview" TEXT NOT NULL,
    "copies" TEXT NOT NULL,
    "rules" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "rule_set" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "asked_at" REAL NOT NULL,
    "decided_by" VARCHAR(32) NOT NULL,
    "decided_at" REAL,
    "note" TEXT NOT NULL,
    "part" VARCHAR(32) NOT NULL DEFAULT '',
    "wordings" TEXT NOT NULL DEFAULT '{}',
    "previews" TEXT NOT NULL DEFAULT '[]',
    "released" TEXT NOT NULL DEFAULT '{}',
    "offer" VARCHAR(64) NOT NULL DEFAULT '',
    "demands" TEXT NOT NULL DEFAULT '[]',
    "reviewers" TEXT NOT NULL DEFAULT '[]',
    "within_hours" INT,
    "takes_effect_at" REAL,
    CONSTRAINT "uid_holds_directi_ec1702" UNIQUE ("direction", "contribution_id", "version", "activity_uri", "part")
);
CREATE TABLE "self_tests" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "asked_by" VARCHAR(32) NOT NULL,
    "asked_at" REAL NOT NULL,
    "begun_at" REAL,
    "ended_at" REAL,
    "report" TEXT NOT NULL
);
CREATE TABLE "contributions" ("id" VARCHAR(32) NOT NULL  PRIMARY KEY, "kind" VARCHAR(5) NOT NULL, "uri" VARCHAR(2000) NOT NULL UNIQUE, "jam_id" VARCHAR(32) NOT NULL, "forum_id" VARCHAR(32) NOT NULL, "thread_id" VARCHAR(32) NOT NULL, "parent_id" VARCHAR(32) NOT NULL, "author_id" VARCHAR(32) NOT NULL, "title" VARCHAR(300) NOT NULL, "text" TEXT NOT NULL, "html" TEXT NOT NULL, "label" VARCHAR(200) NOT NULL, "intent" VARCHAR(12) NOT NULL, "builds_on" VARCHAR(32) NOT NULL, "version" INT NOT NULL, "deleted" INT NOT NULL, "activity_uri" VARCHAR(2000) NOT NULL, "support" INT NOT NULL, "replies" INT NOT NULL, "emerging" INT NOT NULL, "best" INT NOT NULL, "created_at" REAL NOT NULL, "edited_at" REAL, "hidden" INT NOT NULL DEFAULT 0, "crosses_at" REAL, "files" INT NOT NULL DEFAULT 0, "edit_reason" VARCHAR(200) NOT NULL DEFAULT '', "language" VARCHAR(35) NOT NULL DEFAULT '');
CREATE TABLE "carried" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "origin_id" VARCHAR(32) NOT NULL,
    "idea_id" VARCHAR(32) NOT NULL,
    "carried_at" REAL NOT NULL,
    CONSTRAINT "uid_carried_forum_i_3c1b57" UNIQUE ("forum_id", "origin_id")
);
CREATE TABLE "hosts" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "bio" TEXT NOT NULL,
    "picture_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    CONSTRAINT "uid_hosts_forum_i_b8d7da" UNIQUE ("forum_id", "member_id")
);
CREATE TABLE "invitations" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "hash" VARCHAR(64) NOT NULL UNIQUE,
    "note" VARCHAR(200) NOT NULL,
    "unit" VARCHAR(100) NOT NULL,
    "uses" INT NOT NULL,
    "used" INT NOT NULL,
    "made_by" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "ends_at" REAL NOT NULL,
    "ended_at" REAL
);
CREATE TABLE "jam_origins" (
    "jam_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "origin_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "host_slots" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "starts_at" REAL NOT NULL,
    "ends_at" REAL NOT NULL
);
CREATE TABLE "asides" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "thread_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "cases" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "contribution_id" VARCHAR(32) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "opened_at" REAL NOT NULL,
    "changed_at" REAL NOT NULL
);
CREATE TABLE "case_steps" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "case_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "act" VARCHAR(10) NOT NULL,
    "note" TEXT NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "flags" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "case_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "activity_uri" VARCHAR(2000) NOT NULL,
    "reason" TEXT NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "mark_reasons" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "reason" TEXT NOT NULL,
    "made_at" REAL NOT NULL,
    "taken_by" VARCHAR(32) NOT NULL,
    "taken_at" REAL
);
CREATE TABLE "moves" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "kind" VARCHAR(5) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "thread_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "reason" TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "made_at" REAL NOT NULL,
    "undone_by" VARCHAR(32) NOT NULL,
    "undone_at" REAL
);
CREATE TABLE "shifts" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "starts_at" REAL NOT NULL,
    "ends_at" REAL NOT NULL,
    "begun_at" REAL,
    "ended_at" REAL,
    "note" TEXT NOT NULL,
    "handed_to" VARCHAR(32) NOT NULL,
    "read_at" REAL
);
CREATE TABLE "summaries" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "thread_id" VARCHAR(32) NOT NULL,
    "number" INT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "cites" TEXT NOT NULL,
    "written_at" REAL NOT NULL,
    CONSTRAINT "uid_summaries_thread__44570a" UNIQUE ("thread_id", "number")
);
CREATE TABLE "hour_questions" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "hour_id" VARCHAR(32) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "asked_at" REAL NOT NULL,
    "question_id" VARCHAR(32) NOT NULL,
    "answer_id" VARCHAR(32) NOT NULL
);
CREATE TABLE "hours" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "forum_id" VARCHAR(32) NOT NULL,
    "host_id" VARCHAR(32) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "starts_at" REAL NOT NULL,
    "ends_at" REAL NOT NULL,
    "begun_at" REAL,
    "ended_at" REAL,
    "idea_id" VARCHAR(32) NOT NULL,
    "made_by" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "hour_supports" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "question_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    CONSTRAINT "uid_hour_suppor_questio_08516a" UNIQUE ("question_id", "member_id")
);
CREATE TABLE "poll_choices" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "position" INT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    CONSTRAINT "uid_poll_choice_contrib_517c2e" UNIQUE ("contribution_id", "position")
);
CREATE TABLE "polls" (
    "contribution_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "question" TEXT NOT NULL,
    "multiple" INT NOT NULL,
    "hidden" INT NOT NULL,
    "ends_at" REAL NOT NULL,
    "closed_at" REAL,
    "counts" TEXT NOT NULL DEFAULT '[]',
    "voters" INT NOT NULL DEFAULT 0,
    "counted_at" REAL NOT NULL,
    "stale" INT NOT NULL DEFAULT 0
);
CREATE TABLE "poll_votes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "position" INT NOT NULL,
    "voted_at" REAL NOT NULL,
    CONSTRAINT "uid_poll_votes_contrib_9fb08a" UNIQUE ("contribution_id", "member_id", "position")
);
CREATE TABLE "proxies" (
    "contribution_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "place" VARCHAR(200) NOT NULL,
    "entered_by" VARCHAR(32) NOT NULL,
    "entered_at" REAL NOT NULL
);
CREATE TABLE "rating_axes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "position" INT NOT NULL,
    "name" VARCHAR(40) NOT NULL,
    CONSTRAINT "uid_rating_axes_jam_id_73ee8c" UNIQUE ("jam_id", "position")
);
CREATE TABLE "ratings" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "axis" VARCHAR(40) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "value" INT NOT NULL,
    "rated_at" REAL NOT NULL,
    CONSTRAINT "uid_ratings_contrib_0f65a7" UNIQUE ("contribution_id", "axis", "member_id")
);
CREATE TABLE "room_members" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    CONSTRAINT "uid_room_member_room_id_23fb33" UNIQUE ("room_id", "member_id")
);
CREATE TABLE "room_messages" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "room_id" VARCHAR(32) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "said_at" REAL NOT NULL
);
CREATE TABLE "rooms" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "thread_id" VARCHAR(32) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "task" TEXT NOT NULL,
    "owed_by" VARCHAR(32) NOT NULL,
    "due_at" REAL NOT NULL,
    "opened_by" VARCHAR(32) NOT NULL,
    "opened_at" REAL NOT NULL,
    "closed_at" REAL,
    "summary_id" VARCHAR(32) NOT NULL
);
CREATE TABLE "statements" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "sources" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "decided_by" VARCHAR(32) NOT NULL,
    "decided_at" REAL,
    "note" TEXT NOT NULL
);
CREATE TABLE "statement_votes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "statement_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "vote" VARCHAR(8) NOT NULL,
    "voted_at" REAL NOT NULL,
    CONSTRAINT "uid_statement_v_stateme_f56c64" UNIQUE ("statement_id", "member_id")
);
CREATE TABLE "consumers" (
    "name" VARCHAR(20) NOT NULL  PRIMARY KEY,
    "seq" INT NOT NULL
);
CREATE TABLE "exposures" (
    "idea_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "views" INT NOT NULL
);
CREATE TABLE "feeds" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "subject" TEXT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "hash" VARCHAR(64) NOT NULL UNIQUE,
    "made_at" REAL NOT NULL,
    "used_at" REAL,
    "revoked_at" REAL
);
CREATE TABLE "follows" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "subject_id" VARCHAR(64) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    CONSTRAINT "uid_follows_member__c8a572" UNIQUE ("member_id", "kind", "subject_id", "jam_id")
);
CREATE TABLE "mail_choices" (
    "member_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "address" VARCHAR(320) NOT NULL,
    "confirmed" INT NOT NULL,
    "asked" VARCHAR(64) NOT NULL,
    "digest" INT NOT NULL,
    "hour" INT NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "at_once" INT NOT NULL,
    "quiet_from" INT,
    "quiet_until" INT,
    "digest_day" VARCHAR(10) NOT NULL,
    "digest_to" INT NOT NULL,
    "at_once_to" INT NOT NULL
, "language" VARCHAR(8) NOT NULL DEFAULT '');
CREATE TABLE "mail_policy" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "says" VARCHAR(10) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "changed_at" REAL NOT NULL
);
CREATE TABLE "mails" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "message_id" VARCHAR(200) NOT NULL UNIQUE,
    "after" INT NOT NULL,
    "up_to" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "made_at" REAL NOT NULL,
    "tried_at" REAL,
    "tries" INT NOT NULL,
    "error" VARCHAR(300) NOT NULL
);
CREATE TABLE "notices" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "seq" INT NOT NULL,
    "subject_id" VARCHAR(64) NOT NULL,
    "by_id" VARCHAR(32) NOT NULL,
    "detail" VARCHAR(20) NOT NULL,
    "made_at" REAL NOT NULL,
    "read_at" REAL, "number" INT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_notices_member__3f7e41" UNIQUE ("member_id", "seq", "kind")
);
CREATE TABLE "search_places" (
    "number" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "forum_id" VARCHAR(32) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(5) NOT NULL,
    "intent" VARCHAR(12) NOT NULL,
    "label" VARCHAR(200) NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "saved_searches" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "query" TEXT NOT NULL,
    "made_at" REAL NOT NULL,
    "seen_at" REAL NOT NULL
);
CREATE TABLE "visits" (
    "member_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "began_at" REAL NOT NULL,
    "seen_at" REAL NOT NULL,
    "before_at" REAL
);
CREATE TABLE "reading_places" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "thread_id" VARCHAR(32) NOT NULL,
    "line_at" REAL,
    "seen_at" REAL NOT NULL,
    "visited_at" REAL NOT NULL,
    CONSTRAINT "uid_reading_pla_member__6a6c4f" UNIQUE ("member_id", "thread_id")
);
CREATE TABLE "file_bytes" (
    "file_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "bytes" BLOB NOT NULL
);
CREATE TABLE "files" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "member_id" VARCHAR(32) NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "place" INT NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "alt" VARCHAR(1500) NOT NULL,
    "media_type" VARCHAR(100) NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "size" INT NOT NULL,
    "sha" VARCHAR(64) NOT NULL,
    "created_at" REAL NOT NULL
);
CREATE TABLE "crossing_confirmations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "confirmed_at" REAL NOT NULL,
    CONSTRAINT "uid_crossing_co_member__d83c0b" UNIQUE ("member_id", "jam_id")
);
CREATE TABLE "drafts" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "place" VARCHAR(120) NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "choices" TEXT NOT NULL,
    "kept_at" REAL NOT NULL,
    CONSTRAINT "uid_drafts_member__f7766a" UNIQUE ("member_id", "place")
);
CREATE TABLE "mentions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    CONSTRAINT "uid_mentions_contrib_7efbae" UNIQUE ("contribution_id", "member_id")
);
CREATE TABLE "walls" (
    "hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "note" VARCHAR(100) NOT NULL,
    "made_by" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "seen_at" REAL,
    "ended_at" REAL
);
CREATE TABLE "host_pictures" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "host_id" VARCHAR(32) NOT NULL UNIQUE,
    "alt" VARCHAR(300) NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "sha" VARCHAR(64) NOT NULL,
    "bytes" BLOB NOT NULL
);
CREATE TABLE "jam_visits" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "first_at" REAL NOT NULL,
    "seen_at" REAL NOT NULL,
    CONSTRAINT "uid_jam_visits_jam_id_120996" UNIQUE ("jam_id", "member_id")
);
CREATE TABLE "reports" (
    "jam_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "foreword" TEXT NOT NULL,
    "published_by" VARCHAR(32) NOT NULL,
    "published_at" REAL
, "reason" VARCHAR(1000) NOT NULL DEFAULT '', "version" INT NOT NULL DEFAULT 1);
CREATE TABLE "theme_answers" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "theme_id" VARCHAR(32) NOT NULL,
    "label" VARCHAR(200) NOT NULL,
    "size" INT NOT NULL,
    "sources" TEXT NOT NULL,
    "owner_id" VARCHAR(32) NOT NULL,
    "doing" TEXT NOT NULL,
    "declined" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "written_by" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "written_at" REAL
);
CREATE TABLE "openings" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "voice_id" VARCHAR(32) NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "reason" TEXT NOT NULL,
    "asked_by" VARCHAR(32) NOT NULL,
    "asked_at" REAL NOT NULL,
    "answered_by" VARCHAR(32) NOT NULL,
    "answered_at" REAL
);
CREATE TABLE "voices" (
    "member_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "thread_id" VARCHAR(32) NOT NULL,
    "number" INT NOT NULL,
    "owner" VARCHAR(64) NOT NULL,
    "sealed" VARCHAR(200) NOT NULL,
    CONSTRAINT "uid_voices_thread__ab11be" UNIQUE ("thread_id", "owner"),
    CONSTRAINT "uid_voices_thread__d88f5c" UNIQUE ("thread_id", "number")
);
CREATE VIRTUAL TABLE "contribution_words" USING fts5(id UNINDEXED, title, text, place, tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4 5');
CREATE TABLE "outsiders" (
    "uri" VARCHAR(2000) NOT NULL  PRIMARY KEY,
    "standing" VARCHAR(10) NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "changed_at" REAL NOT NULL
);
CREATE TABLE "servers" (
    "host" VARCHAR(255) NOT NULL  PRIMARY KEY,
    "standing" VARCHAR(10) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "changed_at" REAL NOT NULL
);
CREATE TABLE "forum_members" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "invited_by" VARCHAR(32) NOT NULL,
    "invited_at" REAL NOT NULL,
    CONSTRAINT "uid_forum_membe_forum_i_6ab351" UNIQUE ("forum_id", "member_id")
);
CREATE TABLE "theme_edits" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(6) NOT NULL,
    "theme" VARCHAR(32) NOT NULL,
    "other" VARCHAR(32) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL,
    "undone_by" VARCHAR(32) NOT NULL,
    "undone_at" REAL
);
CREATE TABLE "identities" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "member_id" VARCHAR(32) NOT NULL,
    "issuer" VARCHAR(500) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "at" REAL NOT NULL,
    CONSTRAINT "uid_identities_issuer_1dda2d" UNIQUE ("issuer", "subject")
);
CREATE TABLE "forum_guests" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "username" VARCHAR(128) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "invited_by" VARCHAR(32) NOT NULL,
    "invited_at" REAL NOT NULL,
    CONSTRAINT "uid_forum_guest_forum_i_d1a621" UNIQUE ("forum_id", "host", "username")
);
CREATE TABLE "kept_lists" (
    "forum_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "digest" VARCHAR(64) NOT NULL,
    "told_at" REAL NOT NULL
);
CREATE TABLE "list_keepers" (
    "host" VARCHAR(255) NOT NULL  PRIMARY KEY,
    "told_at" REAL NOT NULL
);
CREATE TABLE "outcomes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "idea_id" VARCHAR(32) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "stream_id" VARCHAR(32) NOT NULL,
    "reason" TEXT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "decided_at" REAL NOT NULL,
    "replaced_at" REAL
);
CREATE TABLE "work_streams" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "purpose" TEXT NOT NULL,
    "owner_id" VARCHAR(32) NOT NULL,
    "made_at" REAL NOT NULL
, "ended_at" REAL, "reminded_at" REAL, "said_at" REAL);
CREATE TABLE "emerging" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "word" VARCHAR(200) NOT NULL,
    "theme" VARCHAR(32) NOT NULL,
    "announced_at" REAL NOT NULL,
    "dismissed_by" VARCHAR(32) NOT NULL,
    "dismissed_at" REAL,
    CONSTRAINT "uid_emerging_jam_id_6a7fdd" UNIQUE ("jam_id", "word")
);
CREATE TABLE "guesses" (
    "contribution_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "intent" VARCHAR(12) NOT NULL,
    "sure" REAL NOT NULL
);
CREATE TABLE "learnt" (
    "jam_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "marks" INT NOT NULL,
    "least" REAL NOT NULL,
    "right" REAL NOT NULL,
    "told" REAL NOT NULL,
    "at" REAL NOT NULL
);
CREATE TABLE "likeness" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "least" REAL NOT NULL,
    "links" INT NOT NULL,
    "refusals" INT NOT NULL,
    "at" REAL NOT NULL
);
CREATE TABLE "meanings" (
    "number" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL,
    "vector" BLOB NOT NULL
);
CREATE TABLE "unlike" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "subject_id" VARCHAR(32) NOT NULL,
    "other_id" VARCHAR(32) NOT NULL,
    "score" REAL NOT NULL,
    "made_at" REAL NOT NULL,
    CONSTRAINT "uid_unlike_member__bd3dcd" UNIQUE ("member_id", "subject_id", "other_id")
);
CREATE TABLE "unit_countries" (
    "unit" VARCHAR(200) NOT NULL  PRIMARY KEY,
    "country" VARCHAR(60) NOT NULL
);
CREATE TABLE "unit_goals" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "unit" VARCHAR(200) NOT NULL,
    "share" INT NOT NULL,
    CONSTRAINT "uid_unit_goals_jam_id_3b0467" UNIQUE ("jam_id", "unit")
);
CREATE TABLE "spreads" (
    "idea_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "forum_id" VARCHAR(32) NOT NULL,
    "stands" INT NOT NULL,
    "emerging" INT NOT NULL,
    "best" INT NOT NULL,
    "views" INT NOT NULL,
    "created_at" REAL NOT NULL,
    "people" INT NOT NULL DEFAULT 0,
    "units" INT NOT NULL DEFAULT 0,
    "servers" INT NOT NULL DEFAULT 0,
    "weight" REAL NOT NULL DEFAULT 0,
    "due" INT NOT NULL DEFAULT 1
);
CREATE TABLE "report_versions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "number" INT NOT NULL,
    "reason" VARCHAR(1000) NOT NULL,
    "foreword" TEXT NOT NULL,
    "answers" TEXT NOT NULL,
    "published_by" VARCHAR(32) NOT NULL,
    "published_at" REAL NOT NULL,
    CONSTRAINT "uid_report_vers_jam_id_57d5ee" UNIQUE ("jam_id", "number")
);
CREATE TABLE "stream_milestones" (
    "id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "stream_id" VARCHAR(32) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "due_on" VARCHAR(10) NOT NULL,
    "made_at" REAL NOT NULL,
    "done_at" REAL
);
CREATE TABLE "stream_silence" (
    "jam_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "days" INT NOT NULL
);
CREATE TABLE "stream_news" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "stream_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "ends" INT NOT NULL DEFAULT 0,
    "made_at" REAL NOT NULL
);
CREATE TABLE "linked_files" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contribution_id" VARCHAR(32) NOT NULL,
    "place" INT NOT NULL,
    "url" VARCHAR(2000) NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "words" VARCHAR(1500) NOT NULL
, "media_type" VARCHAR(200) NOT NULL DEFAULT '', "size" BIGINT);
CREATE TABLE "tallies" (
    "id" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "forum_id" VARCHAR(32) NOT NULL,
    "author_id" VARCHAR(32) NOT NULL,
    "ideas" INT NOT NULL,
    "replies" INT NOT NULL
);
CREATE TABLE "bans" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "forum_id" VARCHAR(32) NOT NULL,
    "banned" INT NOT NULL,
    "said_at" REAL NOT NULL,
    "ends_at" REAL,
    CONSTRAINT "uid_bans_member__757d9d" UNIQUE ("member_id", "host", "forum_id")
);
CREATE TABLE "locks" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "idea_id" VARCHAR(32) NOT NULL,
    "member_id" VARCHAR(32) NOT NULL,
    "reason" TEXT NOT NULL,
    "made_at" REAL NOT NULL,
    "ended_by" VARCHAR(32) NOT NULL,
    "ended_at" REAL
);
CREATE TABLE "theme_parts" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "jam_id" VARCHAR(32) NOT NULL,
    "seq" INT NOT NULL,
    "part" INT NOT NULL,
    "bytes" BLOB NOT NULL,
    CONSTRAINT "uid_theme_parts_jam_id_ce31e1" UNIQUE ("jam_id", "seq", "part")
);
CREATE TABLE "theme_places" (
    "contribution_id" VARCHAR(32) NOT NULL  PRIMARY KEY,
    "jam_id" VARCHAR(32) NOT NULL,
    "theme" VARCHAR(32) NOT NULL,
    "part" VARCHAR(32) NOT NULL,
    "unsure" INT NOT NULL
);
CREATE INDEX "idx_sessions_member__4466ff" ON "sessions" ("member_id");
CREATE INDEX "idx_tokens_member__843137" ON "tokens" ("member_id");
CREATE INDEX "idx_rule_sets_state_c0eb62" ON "rule_sets" ("state", "version");
CREATE INDEX fingerprints_by_number ON fingerprints (number);
CREATE INDEX "idx_past_verdic_contrib_c4aaa4" ON "past_verdicts" ("contribution_id", "audience", "decided_at");
CREATE INDEX "idx_verdicts_decided_c2e61d" ON "verdicts" ("decided_at", "id");
CREATE INDEX "idx_agreements_host_ace5bc" ON "agreements" ("host", "state");
CREATE INDEX "idx_agreements_state_e5c025" ON "agreements" ("state", "ends_at");
CREATE INDEX "idx_forums_jam_id_420618" ON "forums" ("jam_id");
CREATE INDEX "idx_hold_answer_hold_id_c908e3" ON "hold_answers" ("hold_id");
CREATE INDEX "idx_hold_answer_batch_caea11" ON "hold_answers" ("batch");
CREATE INDEX "idx_holds_state_47e097" ON "holds" ("state", "asked_at");
CREATE INDEX "idx_contributio_jam_id_9e1ea8" ON "contributions" ("jam_id");
CREATE INDEX "idx_contributio_forum_i_facbfd" ON "contributions" ("forum_id", "kind", "created_at");
CREATE INDEX "idx_contributio_jam_id_8c500b" ON "contributions" ("jam_id", "created_at");
CREATE INDEX "idx_contributio_author__a777b4" ON "contributions" ("author_id", "created_at");
CREATE INDEX "idx_contributio_edited__7909dd" ON "contributions" ("edited_at");
CREATE INDEX "idx_carried_origin__75b4e7" ON "carried" ("origin_id");
CREATE INDEX "idx_jam_origins_origin__69c909" ON "jam_origins" ("origin_id");
CREATE INDEX "idx_host_slots_forum_i_31a18e" ON "host_slots" ("forum_id", "starts_at");
CREATE INDEX "idx_audit_subject_bf7da3" ON "audit" ("subject_id", "seq");
CREATE INDEX "idx_asides_thread__e254e0" ON "asides" ("thread_id", "made_at");
CREATE INDEX "idx_cases_contrib_989520" ON "cases" ("contribution_id");
CREATE INDEX "idx_cases_jam_id_e3e6aa" ON "cases" ("jam_id", "state", "opened_at");
CREATE INDEX "idx_case_steps_case_id_1d40df" ON "case_steps" ("case_id");
CREATE INDEX "idx_flags_case_id_c74f83" ON "flags" ("case_id");
CREATE INDEX "idx_mark_reason_contrib_5b3e57" ON "mark_reasons" ("contribution_id");
CREATE INDEX "idx_moves_contrib_5128aa" ON "moves" ("contribution_id");
CREATE INDEX "idx_moves_thread__f44aad" ON "moves" ("thread_id");
CREATE INDEX "idx_moves_jam_id_e644eb" ON "moves" ("jam_id", "made_at");
CREATE INDEX "idx_shifts_jam_id_5a653d" ON "shifts" ("jam_id", "starts_at");
CREATE INDEX "idx_hour_questi_hour_id_01667c" ON "hour_questions" ("hour_id");
CREATE INDEX "idx_hours_forum_i_2ddd76" ON "hours" ("forum_id", "starts_at");
CREATE INDEX "idx_hours_ended_a_3ce938" ON "hours" ("ended_at", "ends_at");
CREATE INDEX "idx_polls_closed__bdf19e" ON "polls" ("closed_at", "ends_at");
CREATE INDEX "idx_room_member_member__873451" ON "room_members" ("member_id");
CREATE INDEX "idx_room_messag_room_id_abff4a" ON "room_messages" ("room_id", "said_at");
CREATE INDEX "idx_rooms_thread__ce2e2a" ON "rooms" ("thread_id");
CREATE INDEX "idx_rooms_jam_id_eba2f2" ON "rooms" ("jam_id", "closed_at", "due_at");
CREATE INDEX "idx_statements_jam_id_33b3a7" ON "statements" ("jam_id", "state", "made_at");
CREATE INDEX "idx_feeds_member__7f2ca1" ON "feeds" ("member_id");
CREATE INDEX "idx_follows_kind_e3ec3a" ON "follows" ("kind", "subject_id");
CREATE INDEX "idx_mails_member__de46e6" ON "mails" ("member_id");
CREATE INDEX "idx_mails_state_5aa7e4" ON "mails" ("state", "made_at");
CREATE INDEX "idx_notices_member__31101f" ON "notices" ("member_id", "made_at");
CREATE INDEX "idx_saved_searc_member__0476a5" ON "saved_searches" ("member_id");
CREATE INDEX "idx_contributio_thread__2be5b0" ON "contributions" ("thread_id", "created_at", "id", "parent_id", "author_id", "kind", "deleted", "intent");
CREATE INDEX "idx_contributio_crosses_14966b" ON "contributions" ("crosses_at");
CREATE INDEX "idx_files_contrib_fc5758" ON "files" ("contribution_id");
CREATE INDEX "idx_files_member__10e2a6" ON "files" ("member_id", "created_at");
CREATE UNIQUE INDEX "uid_forums_jam_id_slug" ON "forums" ("jam_id", "slug");
CREATE INDEX "idx_mentions_member__6baf20" ON "mentions" ("member_id");
CREATE INDEX "idx_contributio_builds__53861e" ON "contributions" ("builds_on");
CREATE INDEX "idx_events_kind_3eb63b" ON "events" ("kind", "at");
CREATE INDEX "idx_walls_jam_id_76c73d" ON "walls" ("jam_id");
CREATE INDEX "idx_theme_answe_jam_id_c2ce73" ON "theme_answers" ("jam_id");
CREATE INDEX "idx_voices_owner_68e5c3" ON "voices" ("owner");
CREATE INDEX "idx_search_plac_forum_i_fe9b96" ON "search_places" ("forum_id", "number");
CREATE INDEX "idx_search_plac_author__a45faa" ON "search_places" ("author_id", "number");
CREATE INDEX "idx_forum_membe_member__6cf5a9" ON "forum_members" ("member_id");
CREATE INDEX "idx_theme_edits_jam_id_ed4f93" ON "theme_edits" ("jam_id");
CREATE INDEX "idx_identities_member__6c8dcf" ON "identities" ("member_id");
CREATE INDEX "idx_outcomes_idea_id_aae694" ON "outcomes" ("idea_id");
CREATE INDEX "idx_outcomes_jam_id_5da81a" ON "outcomes" ("jam_id");
CREATE INDEX "idx_work_stream_jam_id_5362ee" ON "work_streams" ("jam_id");
CREATE INDEX "idx_guesses_jam_id_d1a221" ON "guesses" ("jam_id");
CREATE INDEX "idx_meanings_contrib_20bb4b" ON "meanings" ("contribution_id");
CREATE INDEX "idx_marks_member__6f94d6" ON "marks" ("member_id");
CREATE INDEX spreads_by_weight ON spreads (forum_id, weight, created_at DESC, idea_id) WHERE stands AND NOT due;
CREATE INDEX spreads_by_views ON spreads (forum_id, views, created_at, idea_id) WHERE stands;
CREATE INDEX spreads_due ON spreads (forum_id) WHERE due;
CREATE INDEX contributions_hidden ON contributions (id) WHERE hidden;
CREATE INDEX "idx_stream_mile_stream__8f2bf5" ON "stream_milestones" ("stream_id");
CREATE INDEX "idx_stream_news_stream__5ccb24" ON "stream_news" ("stream_id");
CREATE INDEX "idx_linked_file_contrib_5b20c7" ON "linked_files" ("contribution_id");
CREATE INDEX "idx_tallies_jam_id_a55df3" ON "tallies" ("jam_id");
CREATE INDEX contributions_neglected ON contributions (jam_id, created_at) WHERE kind = 'idea' AND replies = 0 AND NOT deleted AND NOT hidden;
CREATE INDEX contributions_rising ON contributions (jam_id, support + 2 * replies, created_at) WHERE kind = 'idea' AND NOT deleted AND NOT hidden;
CREATE INDEX contributions_marked ON contributions (jam_id, created_at) WHERE kind = 'idea' AND (emerging OR best) AND NOT deleted AND NOT hidden;
CREATE INDEX contributions_recent ON contributions (jam_id, created_at, author_id, kind) WHERE NOT deleted AND NOT hidden;
CREATE INDEX "idx_notices_member__e14bfd" ON "notices" ("member_id", "read_at", "number");
CREATE UNIQUE INDEX "uid_notices_member__b029f7" ON "notices" ("member_id", "number");
CREATE INDEX "idx_locks_idea_id_e2aeeb" ON "locks" ("idea_id");
CREATE INDEX "idx_theme_place_jam_id_acf2e2" ON "theme_places" ("jam_id", "theme", "contribution_id");
CREATE TRIGGER search_places_follow AFTER UPDATE OF jam_id, forum_id, author_id, intent, label, hidden ON contributions BEGIN UPDATE search_places SET jam_id = NEW.jam_id, forum_id = CASE WHEN NEW.hidden THEN '' ELSE NEW.forum_id END, author_id = NEW.author_id, intent = NEW.intent, label = NEW.label WHERE number = (SELECT number FROM search_rows WHERE contribution_id = NEW.id); END;
CREATE TRIGGER spreads_written AFTER INSERT ON contributions BEGIN INSERT INTO spreads (idea_id, forum_id, stands, emerging, best, views, created_at) SELECT NEW.id, NEW.forum_id, NOT NEW.deleted AND NOT NEW.hidden, NEW.emerging, NEW.best, coalesce((SELECT views FROM exposures WHERE idea_id = NEW.id), 0), NEW.created_at WHERE NEW.kind = 'idea' ON CONFLICT (idea_id) DO UPDATE SET forum_id = excluded.forum_id, stands = excluded.stands, emerging = excluded.emerging, best = excluded.best, views = excluded.views, created_at = excluded.created_at, due = 1; UPDATE spreads SET due = 1 WHERE NOT due AND idea_id = NEW.thread_id; END;
CREATE TRIGGER spreads_changed AFTER UPDATE OF kind, forum_id, thread_id, author_id, deleted, hidden, emerging, best, created_at ON contributions BEGIN INSERT INTO spreads (idea_id, forum_id, stands, emerging, best, views, created_at) SELECT NEW.id, NEW.forum_id, NOT NEW.deleted AND NOT NEW.hidden, NEW.emerging, NEW.best, coalesce((SELECT views FROM exposures WHERE idea_id = NEW.id), 0), NEW.created_at WHERE NEW.kind = 'idea' ON CONFLICT (idea_id) DO UPDATE SET forum_id = excluded.forum_id, stands = excluded.stands, emerging = excluded.emerging, best = excluded.best, views = excluded.views, created_at = excluded.created_at, due = 1; UPDATE spreads SET due = 1 WHERE NOT due AND idea_id IN (OLD.thread_id, NEW.thread_id); DELETE FROM spreads WHERE idea_id = NEW.id AND NEW.kind != 'idea'; END;
CREATE TRIGGER spreads_removed AFTER DELETE ON contributions BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id = OLD.thread_id; DELETE FROM spreads WHERE idea_id = OLD.id; END;
CREATE TRIGGER spreads_marked AFTER INSERT ON marks WHEN NEW.kind = 'support' BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id = NEW.contribution_id; END;
CREATE TRIGGER spreads_remarked AFTER UPDATE ON marks BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id IN (OLD.contribution_id, NEW.contribution_id); END;
CREATE TRIGGER spreads_unmarked AFTER DELETE ON marks WHEN OLD.kind = 'support' BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id = OLD.contribution_id; END;
CREATE TRIGGER spreads_of_member AFTER UPDATE OF id, host, unit ON members WHEN OLD.id != NEW.id OR OLD.host != NEW.host OR OLD.unit != NEW.unit BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id IN (SELECT thread_id FROM contributions WHERE author_id = OLD.id UNION ALL SELECT contribution_id FROM marks WHERE member_id = OLD.id); END;
CREATE TRIGGER spreads_without_member AFTER DELETE ON members BEGIN UPDATE spreads SET due = 1 WHERE NOT due AND idea_id IN (SELECT thread_id FROM contributions WHERE author_id = OLD.id UNION ALL SELECT contribution_id FROM marks WHERE member_id = OLD.id); END;
CREATE TRIGGER spreads_shown AFTER INSERT ON exposures BEGIN UPDATE spreads SET views = NEW.views WHERE idea_id = NEW.idea_id; END;
CREATE TRIGGER spreads_shown_more AFTER UPDATE ON exposures BEGIN UPDATE spreads SET views = NEW.views WHERE idea_id = NEW.idea_id; END;
CREATE TRIGGER tallies_written AFTER INSERT ON contributions BEGIN INSERT INTO tallies (id, jam_id, forum_id, author_id, ideas, replies) SELECT NEW.forum_id || NEW.author_id, NEW.jam_id, NEW.forum_id, NEW.author_id, NEW.kind = 'idea', NEW.kind = 'reply' WHERE NOT NEW.deleted AND NOT NEW.hidden ON CONFLICT (id) DO UPDATE SET jam_id = excluded.jam_id, ideas = ideas + excluded.ideas, replies = replies + excluded.replies; END;
CREATE TRIGGER tallies_changed AFTER UPDATE OF kind, jam_id, forum_id, author_id, deleted, hidden ON contributions BEGIN UPDATE tallies SET ideas = ideas - (OLD.kind = 'idea'), replies = replies - (OLD.kind = 'reply') WHERE id = OLD.forum_id || OLD.author_id AND NOT OLD.deleted AND NOT OLD.hidden; DELETE FROM tallies WHERE id = OLD.forum_id || OLD.author_id AND ideas = 0 AND replies = 0; INSERT INTO tallies (id, jam_id, forum_id, author_id, ideas, replies) SELECT NEW.forum_id || NEW.author_id, NEW.jam_id, NEW.forum_id, NEW.author_id, NEW.kind = 'idea', NEW.kind = 'reply' WHERE NOT NEW.deleted AND NOT NEW.hidden ON CONFLICT (id) DO UPDATE SET jam_id = excluded.jam_id, ideas = ideas + excluded.ideas, replies = replies + excluded.replies; END;
CREATE TRIGGER tallies_removed AFTER DELETE ON contributions BEGIN UPDATE tallies SET ideas = ideas - (OLD.kind = 'idea'), replies = replies - (OLD.kind = 'reply') WHERE id = OLD.forum_id || OLD.author_id AND NOT OLD.deleted AND NOT OLD.hidden; DELETE FROM tallies WHERE id = OLD.forum_id || OLD.author_id AND ideas = 0 AND replies = 0; END;
CREATE TRIGGER contribution_words_follow AFTER UPDATE OF forum_id, author_id, hidden ON contributions BEGIN UPDATE contribution_words SET place = CASE WHEN NEW.hidden THEN '' ELSE '0f' || NEW.forum_id END || ' 0a' || NEW.author_id WHERE rowid = (SELECT number FROM search_rows WHERE contribution_id = NEW.id); END;
INSERT INTO "inside_keys" ("name", "bytes") VALUES ('prints', randomblob(32));
INSERT INTO "consumers" ("name", "seq") VALUES ('notices', 0);

-- The schema after all migrations, for stores that are new: made by `make migration`, never by hand.
-- After: 0001_initial
-- After: 0002_received_by_host
-- After: 0003_crossings_by_bytes
-- After: 0004_recalls
-- After: 0005_statements
-- After: 0006_buckets
-- After: 0007_servers
-- After: 0008_forms_of_signatures
-- After: 0009_readings
-- After: 0010_turns_of_keys
-- After: 0011_visitors
-- After: 0012_said_here
-- After: 0013_revisions
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
CREATE TABLE "actor_keys" (
    "name" VARCHAR(100) NOT NULL  PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "public_pem" TEXT NOT NULL,
    "made_at" REAL NOT NULL
, "turn" INT NOT NULL DEFAULT 0);
CREATE TABLE "bodies" (
    "sha" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "bytes" BLOB NOT NULL
);
CREATE TABLE "crossings" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2000) NOT NULL,
    "version" INT NOT NULL,
    "audience" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "type" VARCHAR(40) NOT NULL,
    "ours" INT NOT NULL,
    "subject_uri" VARCHAR(2000) NOT NULL,
    "forum_uri" VARCHAR(2000) NOT NULL,
    "thread_uri" VARCHAR(2000) NOT NULL,
    "parent_uri" VARCHAR(2000) NOT NULL,
    "author_uri" VARCHAR(2000) NOT NULL,
    "author_name" VARCHAR(300) NOT NULL,
    "author_handle" VARCHAR(400) NOT NULL,
    "sha" VARCHAR(64) NOT NULL,
    "mac" VARCHAR(64) NOT NULL,
    "made_at" REAL NOT NULL,
    "released_at" REAL NOT NULL,
    "revoked_at" REAL,
    CONSTRAINT "uid_crossings_uri_e9e45f" UNIQUE ("uri", "audience", "version")
);
CREATE TABLE "deliveries" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "inbox_uri" VARCHAR(2000) NOT NULL,
    "uri" VARCHAR(2000) NOT NULL,
    "audience" VARCHAR(255) NOT NULL,
    "version" INT NOT NULL,
    "sender_uri" VARCHAR(2000) NOT NULL,
    "lane" VARCHAR(2000) NOT NULL,
    "object_uri" VARCHAR(2000) NOT NULL,
    "act" VARCHAR(20) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "attempts" INT NOT NULL,
    "due_at" REAL NOT NULL,
    "made_at" REAL NOT NULL,
    "ended_at" REAL,
    "answer" VARCHAR(300) NOT NULL,
    CONSTRAINT "uid_deliveries_inbox_u_b29714" UNIQUE ("inbox_uri", "uri", "version")
);
CREATE TABLE "errands" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "subject" VARCHAR(400) NOT NULL UNIQUE,
    "asked_by" VARCHAR(32) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "attempts" INT NOT NULL,
    "due_at" REAL NOT NULL,
    "answer" TEXT NOT NULL,
    "asked_at" REAL NOT NULL
);
CREATE TABLE "fetched" (
    "uri" VARCHAR(2000) NOT NULL  PRIMARY KEY,
    "status" INT NOT NULL,
    "document" BLOB NOT NULL,
    "fetched_at" REAL NOT NULL
);
CREATE TABLE "followers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "forum_uri" VARCHAR(2000) NOT NULL,
    "actor_uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "inbox_uri" VARCHAR(2000) NOT NULL,
    "since_at" REAL NOT NULL,
    CONSTRAINT "uid_followers_forum_u_4dcc71" UNIQUE ("forum_uri", "actor_uri")
);
CREATE TABLE "cursors" (
    "consumer" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "seq" INT NOT NULL
);
CREATE TABLE "peers" (
    "host" VARCHAR(255) NOT NULL  PRIMARY KEY,
    "kind" VARCHAR(12) NOT NULL,
    "software" VARCHAR(100) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "failures" INT NOT NULL,
    "due_at" REAL NOT NULL,
    "asked_at" REAL NOT NULL,
    "success_at" REAL,
    "failure_at" REAL,
    "answer" VARCHAR(300) NOT NULL
, "fixed" INT NOT NULL DEFAULT 0, "form" VARCHAR(10) NOT NULL DEFAULT '');
CREATE TABLE "reads" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "read_at" REAL NOT NULL, "last_at" REAL NOT NULL DEFAULT 0, "version" INT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_reads_uri_9f9b38" UNIQUE ("uri", "host")
);
CREATE TABLE "received" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "activity_uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "actor_uri" VARCHAR(2000) NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "object_uri" VARCHAR(2000) NOT NULL,
    "body" BLOB NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "attempts" INT NOT NULL,
    "due_at" REAL NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "received_at" REAL NOT NULL, "read_back" INT NOT NULL DEFAULT 0, "signed_in" INT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_received_activit_f922a9" UNIQUE ("activity_uri", "host")
);
CREATE TABLE "strangers" (
    "uri" VARCHAR(2000) NOT NULL  PRIMARY KEY,
    "host" VARCHAR(255) NOT NULL,
    "key_id" VARCHAR(2000) NOT NULL,
    "key_pem" TEXT NOT NULL,
    "document" BLOB NOT NULL,
    "fetched_at" REAL NOT NULL
);
CREATE TABLE "recalls" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "object_uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "cause" VARCHAR(10) NOT NULL,
    "activity_uri" VARCHAR(2000) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "rounds" INT NOT NULL,
    "asked_at" REAL NOT NULL,
    "accepted_at" REAL,
    "acknowledged_at" REAL,
    "purged_at" REAL,
    "ended_at" REAL,
    "answer" VARCHAR(300) NOT NULL,
    "acknowledgement" BLOB,
    "purge" BLOB,
    CONSTRAINT "uid_recalls_object__75d513" UNIQUE ("object_uri", "host")
);
CREATE TABLE "statements" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "activity_uri" VARCHAR(2000) NOT NULL,
    "actor_uri" VARCHAR(2000) NOT NULL,
    "object_uri" VARCHAR(2000) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "acknowledged_at" REAL NOT NULL,
    "purged_at" REAL,
    "looks" INT NOT NULL,
    "due_at" REAL NOT NULL,
    CONSTRAINT "uid_statements_activit_a2ac4a" UNIQUE ("activity_uri", "host")
);
CREATE TABLE "buckets" (
    "name" VARCHAR(2100) NOT NULL  PRIMARY KEY,
    "tokens" REAL NOT NULL,
    "at" REAL NOT NULL
);
CREATE TABLE "readings" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "forum_uri" VARCHAR(2000) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "cursor" VARCHAR(32) NOT NULL,
    "total" INT,
    "attempts" INT NOT NULL,
    "due_at" REAL NOT NULL,
    "asked_at" REAL NOT NULL,
    "read_at" REAL,
    "answer" VARCHAR(300) NOT NULL,
    CONSTRAINT "uid_readings_uri_d460b4" UNIQUE ("uri", "host")
);
CREATE TABLE "barred" (
    "actor_uri" VARCHAR(2000) NOT NULL  PRIMARY KEY
);
CREATE TABLE "home_servers" (
    "origin" VARCHAR(300) NOT NULL  PRIMARY KEY,
    "back_url" VARCHAR(2000) NOT NULL,
    "scope" VARCHAR(40) NOT NULL,
    "client_id" VARCHAR(500) NOT NULL,
    "sealed" TEXT NOT NULL,
    "made_at" REAL NOT NULL
);
CREATE TABLE "visits" (
    "key" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "actor_uri" VARCHAR(2000) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "username" VARCHAR(200) NOT NULL,
    "name" VARCHAR(500) NOT NULL,
    "began_at" REAL NOT NULL
);
CREATE TABLE "said" (
    "activity_uri" VARCHAR(2000) NOT NULL  PRIMARY KEY,
    "actor_uri" VARCHAR(2000) NOT NULL
);
CREATE TABLE "revisions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" INT NOT NULL
);
CREATE INDEX "idx_crossings_forum_u_64fa29" ON "crossings" ("forum_uri", "kind", "made_at");
CREATE INDEX "idx_crossings_thread__f71e1a" ON "crossings" ("thread_uri", "made_at");
CREATE INDEX "idx_crossings_subject_337b0d" ON "crossings" ("subject_uri");
CREATE INDEX "idx_crossings_author__cd0705" ON "crossings" ("author_handle");
CREATE INDEX "idx_deliveries_state_32832f" ON "deliveries" ("state", "host", "id");
CREATE INDEX "idx_deliveries_object__88b80c" ON "deliveries" ("object_uri");
CREATE INDEX "idx_received_state_545d6b" ON "received" ("state", "due_at");
CREATE INDEX "idx_received_object__e1e0aa" ON "received" ("object_uri", "kind");
CREATE INDEX "idx_strangers_key_id_41c9fe" ON "strangers" ("key_id");
CREATE INDEX "idx_received_host_99b176" ON "received" ("host", "received_at");
CREATE INDEX "idx_crossings_sha_f74f5a" ON "crossings" ("sha");
CREATE INDEX "idx_recalls_state_a03073" ON "recalls" ("state", "asked_at");
CREATE INDEX "idx_recalls_host_f58990" ON "recalls" ("host", "asked_at");
CREATE INDEX "idx_crossings_kind_b700d7" ON "crossings" ("kind", "released_at");
CREATE INDEX "idx_crossings_audienc_d7d0f9" ON "crossings" ("audience", "kind");
CREATE INDEX "idx_deliveries_host_fd47b5" ON "deliveries" ("host", "object_uri");
CREATE INDEX "idx_reads_host_86f266" ON "reads" ("host");
CREATE INDEX "idx_statements_purged__228744" ON "statements" ("purged_at", "due_at");
CREATE INDEX "idx_buckets_at_2c6d87" ON "buckets" ("at");
CREATE INDEX "idx_readings_state_4b2935" ON "readings" ("state", "due_at");
CREATE INDEX "idx_readings_host_2ec69c" ON "readings" ("host", "state");
CREATE INDEX "idx_crossings_forum_u_208f49" ON "crossings" ("forum_uri", "released_at");
CREATE INDEX "idx_visits_actor_u_feb246" ON "visits" ("actor_uri");
CREATE INDEX "idx_visits_began_a_38f2c8" ON "visits" ("began_at");
CREATE INDEX "idx_said_actor_u_83d6ef" ON "said" ("actor_uri");
CREATE TRIGGER revisions_stranger_met AFTER INSERT ON strangers BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;
CREATE TRIGGER revisions_stranger_changed AFTER UPDATE ON strangers WHEN OLD.uri IS NOT NEW.uri OR OLD.key_id IS NOT NEW.key_id OR OLD.key_pem IS NOT NEW.key_pem BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;
CREATE TRIGGER revisions_stranger_gone AFTER DELETE ON strangers BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;
CREATE TRIGGER revisions_peer_met AFTER INSERT ON peers BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;
CREATE TRIGGER revisions_peer_changed AFTER UPDATE ON peers WHEN OLD.host IS NOT NEW.host OR OLD.state IS NOT NEW.state BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;
CREATE TRIGGER revisions_peer_gone AFTER DELETE ON peers BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END;

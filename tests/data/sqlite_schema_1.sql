-- A store as schema version 1 wrote it: run it on an empty database. Its hashes are in the test that opens it.
BEGIN TRANSACTION;
CREATE TABLE changes (
    revision INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('node', 'record', 'tie')),
    id       TEXT NOT NULL,
    removed  INTEGER NOT NULL CHECK (removed IN (0, 1)),
    PRIMARY KEY (revision, kind, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "changes" VALUES(1,'node','club-c',0);
INSERT INTO "changes" VALUES(1,'node','library-a',0);
INSERT INTO "changes" VALUES(1,'node','museum-b',0);
INSERT INTO "changes" VALUES(1,'node','topic:robotics',0);
INSERT INTO "changes" VALUES(1,'record','record:c31ce479d8f7808470c337ec8c831c2d',0);
INSERT INTO "changes" VALUES(1,'record','record:dbb07c6f16aaa2300f231300ae2b5d97',0);
INSERT INTO "changes" VALUES(1,'record','record:f1bc0100e49ebfe6d5518c4b2acee9c0',0);
INSERT INTO "changes" VALUES(1,'tie','tie:60b74d6cac98b889528608fee1635512',0);
INSERT INTO "changes" VALUES(1,'tie','tie:c7c4ec55f922d685230dff1b9ccfa077',0);
INSERT INTO "changes" VALUES(1,'tie','tie:d1b9a4ed21dde0fd67dadbb747028a84',0);
INSERT INTO "changes" VALUES(2,'node','topic:gone',0);
INSERT INTO "changes" VALUES(2,'record','record:afba88fc437b106b10f1169f21694eb7',0);
INSERT INTO "changes" VALUES(3,'node','topic:gone',1);
CREATE TABLE nodes (
    id          TEXT PRIMARY KEY NOT NULL,
    label       TEXT NOT NULL,
    owner       TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 0)
) STRICT;
INSERT INTO "nodes" VALUES('admissions_pathway','Resource','public','{"name":"admissions pathway"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('apprenticeship_or_credential','Stage','public','{"name":"apprenticeship or credential","next":["early_career","postsecondary_four_year","postsecondary_two_year"],"position":6}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('co_design','Resource','public','{"name":"co design"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('coaching','Resource','public','{"name":"coaching"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('credentialing','Resource','public','{"name":"credentialing"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('curriculum','Resource','public','{"name":"curriculum"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('data','Resource','public','{"name":"data"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('early_career','Stage','public','{"name":"early career","next":["incumbent_worker"],"position":10}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('equipment','Resource','public','{"name":"equipment"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('evaluation','Resource','public','{"name":"evaluation"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('field_sites','Resource','public','{"name":"field sites"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('funding','Resource','public','{"name":"funding"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('grades_3_5','Stage','public','{"name":"grades 3 to 5","next":["grades_6_8"],"position":3}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('grades_6_8','Stage','public','{"name":"grades 6 to 8","next":["grades_9_12"],"position":4}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('grades_9_12','Stage','public','{"name":"grades 9 to 12","next":["apprenticeship_or_credential","early_career","postsecondary_four_year","postsecondary_two_year"],"position":5}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('graduate','Stage','public','{"name":"graduate study","next":["early_career"],"position":9}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('guest_speakers','Resource','public','{"name":"guest speakers"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('incumbent_worker','Stage','public','{"name":"working adults","next":["apprenticeship_or_credential","graduate","postsecondary_two_year"],"position":11}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('internships','Resource','public','{"name":"internships"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('job_shadows','Resource','public','{"name":"job shadows"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('k_2','Stage','public','{"name":"kindergarten to grade 2","next":["grades_3_5"],"position":2}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('leadership','Resource','public','{"name":"leadership"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('learners','Resource','public','{"name":"learners"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('meals','Resource','public','{"name":"meals"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('mentors','Resource','public','{"name":"mentors"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('outreach','Resource','public','{"name":"outreach"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('postsecondary_four_year','Stage','public','{"name":"four-year college","next":["early_career","graduate"],"position":8}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('postsecondary_two_year','Stage','public','{"name":"two-year college","next":["apprenticeship_or_credential","early_career","postsecondary_four_year"],"position":7}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('prek','Stage','public','{"name":"preschool","next":["k_2"],"position":1}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('professional_development','Resource','public','{"name":"professional development"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('scholarships','Resource','public','{"name":"scholarships"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('space','Resource','public','{"name":"space"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('technical_assistance','Resource','public','{"name":"technical assistance"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('translation','Resource','public','{"name":"translation"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('transportation','Resource','public','{"name":"transportation"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('volunteers','Resource','public','{"name":"volunteers"}','matchmaker vocabulary','',NULL,'stated','',0);
INSERT INTO "nodes" VALUES('club-c','Program','public','{"name":"Program club-c","program_type":"club"}','','',NULL,'stated','',1);
INSERT INTO "nodes" VALUES('library-a','Partner','public','{"name":"Partner library-a","organization_type":"library","organization_types":["library"],"sector":"informal_learning"}','','',NULL,'stated','',1);
INSERT INTO "nodes" VALUES('museum-b','Partner','public','{"latitude":45.5,"longitude":-122.6,"name":"Partner museum-b","organization_type":"museum","organization_types":["museum"],"sector":"informal_learning"}','','',NULL,'stated','',1);
INSERT INTO "nodes" VALUES('topic:robotics','Topic','public','{"name":"Robotics"}','','',NULL,'stated','',1);
CREATE TABLE records (
    id          TEXT PRIMARY KEY NOT NULL,
    about       TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    origin      TEXT,
    label       TEXT NOT NULL,
    owner       TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0)
) STRICT;
INSERT INTO "records" VALUES('record:c31ce479d8f7808470c337ec8c831c2d','museum-b',NULL,'Partner','public','{"latitude":45.5,"longitude":-122.6,"name":"Partner museum-b","organization_type":"museum","organization_types":["museum"]}','list of partners','row 1',NULL,'stated','',1);
INSERT INTO "records" VALUES('record:dbb07c6f16aaa2300f231300ae2b5d97','club-c',NULL,'Program','public','{"name":"Program club-c","program_type":"club"}','list of partners','row 1',NULL,'stated','',1);
INSERT INTO "records" VALUES('record:f1bc0100e49ebfe6d5518c4b2acee9c0','library-a',NULL,'Partner','public','{"name":"Partner library-a","organization_type":"library","organization_types":["library"]}','list of partners','row 1',NULL,'stated','',1);
INSERT INTO "records" VALUES('record:afba88fc437b106b10f1169f21694eb7','library-a',NULL,'Partner','alpha-hub','{"aliases":["\"A\"","L''A"],"name":"Бібліотека 🧪","organization_type":"library","organization_types":["library"]}','list of partners','row 1',NULL,'stated','',2);
CREATE TABLE state (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    revision    INTEGER NOT NULL CHECK (revision >= 0),
    graph_sum   TEXT NOT NULL CHECK (length(graph_sum) = 64),
    content_sum TEXT NOT NULL CHECK (length(content_sum) = 64),
    restoring   TEXT
) STRICT;
INSERT INTO "state" VALUES(1,3,'ab8d5608f36dcf36767eedb368bdff253831fb805b466498d6d7acc8c6b7e6f4','6d6307fef6d8915c42f2e1733469c9d1a184cc5bdcc1c240d7bd7b7c62a5d41d',NULL);
CREATE TABLE ties (
    id          TEXT PRIMARY KEY NOT NULL,
    type        TEXT NOT NULL,
    source_id   TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    target_id   TEXT NOT NULL REFERENCES nodes (id) DEFERRABLE INITIALLY DEFERRED,
    owner       TEXT NOT NULL,
    episode     TEXT NOT NULL,
    properties  TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_row  TEXT NOT NULL,
    observed_on TEXT,
    confidence  TEXT NOT NULL,
    batch       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0)
) STRICT;
INSERT INTO "ties" VALUES('tie:60b74d6cac98b889528608fee1635512','ABOUT','club-c','topic:robotics','public','','{}','','',NULL,'stated','',1);
INSERT INTO "ties" VALUES('tie:d1b9a4ed21dde0fd67dadbb747028a84','OPERATES','library-a','club-c','public','','{}','','',NULL,'stated','',1);
INSERT INTO "ties" VALUES('tie:c7c4ec55f922d685230dff1b9ccfa077','PARTNERS_WITH','library-a','museum-b','public','','{"level_by_source":2,"level_by_target":4}','','',NULL,'stated','',1);
CREATE INDEX nodes_by_label ON nodes (label, id);
CREATE INDEX records_by_about ON records (about, id);
CREATE UNIQUE INDEX ties_by_key ON ties (source_id, type, target_id, owner, episode);
CREATE INDEX ties_by_target ON ties (target_id);
CREATE INDEX ties_by_type ON ties (type, id);
COMMIT;
PRAGMA application_id = 1836344168;
PRAGMA user_version = 1;

// Makes each part of a revision's list of changes unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_change_part IF NOT EXISTS
FOR (n:Change) REQUIRE (n.revision, n.part) IS UNIQUE

// Makes the id of a FEEDS_INTO tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_feeds_into IF NOT EXISTS
FOR ()-[tie:FEEDS_INTO]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a SERVES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_serves IF NOT EXISTS
FOR ()-[tie:SERVES]-() REQUIRE tie.id IS UNIQUE

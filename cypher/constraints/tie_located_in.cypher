// Makes the id of a LOCATED_IN tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_located_in IF NOT EXISTS
FOR ()-[tie:LOCATED_IN]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a PARTICIPATES_IN tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_participates_in IF NOT EXISTS
FOR ()-[tie:PARTICIPATES_IN]-() REQUIRE tie.id IS UNIQUE

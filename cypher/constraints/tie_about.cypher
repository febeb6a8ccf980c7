// Makes the id of a ABOUT tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_about IF NOT EXISTS
FOR ()-[tie:ABOUT]-() REQUIRE tie.id IS UNIQUE

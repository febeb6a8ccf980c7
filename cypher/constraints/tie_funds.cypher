// Makes the id of a FUNDS tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_funds IF NOT EXISTS
FOR ()-[tie:FUNDS]-() REQUIRE tie.id IS UNIQUE

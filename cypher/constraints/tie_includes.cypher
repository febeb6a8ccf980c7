// Makes the id of a INCLUDES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_includes IF NOT EXISTS
FOR ()-[tie:INCLUDES]-() REQUIRE tie.id IS UNIQUE

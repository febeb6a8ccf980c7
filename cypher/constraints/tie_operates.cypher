// Makes the id of a OPERATES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_operates IF NOT EXISTS
FOR ()-[tie:OPERATES]-() REQUIRE tie.id IS UNIQUE

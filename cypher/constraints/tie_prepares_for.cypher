// Makes the id of a PREPARES_FOR tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_prepares_for IF NOT EXISTS
FOR ()-[tie:PREPARES_FOR]-() REQUIRE tie.id IS UNIQUE

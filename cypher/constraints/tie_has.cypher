// Makes the id of a HAS tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_has IF NOT EXISTS
FOR ()-[tie:HAS]-() REQUIRE tie.id IS UNIQUE

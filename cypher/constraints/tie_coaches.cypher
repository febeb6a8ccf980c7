// Makes the id of a COACHES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_coaches IF NOT EXISTS
FOR ()-[tie:COACHES]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a RECRUITS_FROM tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_recruits_from IF NOT EXISTS
FOR ()-[tie:RECRUITS_FROM]-() REQUIRE tie.id IS UNIQUE

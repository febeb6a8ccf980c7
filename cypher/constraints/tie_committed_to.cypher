// Makes the id of a COMMITTED_TO tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_committed_to IF NOT EXISTS
FOR ()-[tie:COMMITTED_TO]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a STATES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_states IF NOT EXISTS
FOR ()-[tie:STATES]-() REQUIRE tie.id IS UNIQUE

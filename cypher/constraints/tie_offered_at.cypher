// Makes the id of a OFFERED_AT tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_offered_at IF NOT EXISTS
FOR ()-[tie:OFFERED_AT]-() REQUIRE tie.id IS UNIQUE

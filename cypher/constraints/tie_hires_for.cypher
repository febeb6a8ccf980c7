// Makes the id of a HIRES_FOR tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_hires_for IF NOT EXISTS
FOR ()-[tie:HIRES_FOR]-() REQUIRE tie.id IS UNIQUE

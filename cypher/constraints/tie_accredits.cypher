// Makes the id of a ACCREDITS tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_accredits IF NOT EXISTS
FOR ()-[tie:ACCREDITS]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a RECOGNIZES tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_recognizes IF NOT EXISTS
FOR ()-[tie:RECOGNIZES]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a PARTNERS_WITH tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_partners_with IF NOT EXISTS
FOR ()-[tie:PARTNERS_WITH]-() REQUIRE tie.id IS UNIQUE

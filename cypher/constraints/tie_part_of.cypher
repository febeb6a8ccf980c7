// Makes the id of a PART_OF tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_part_of IF NOT EXISTS
FOR ()-[tie:PART_OF]-() REQUIRE tie.id IS UNIQUE

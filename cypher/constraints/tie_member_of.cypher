// Makes the id of a MEMBER_OF tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_member_of IF NOT EXISTS
FOR ()-[tie:MEMBER_OF]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a CONCERNS tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_concerns IF NOT EXISTS
FOR ()-[tie:CONCERNS]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a HAS_AGREEMENT_WITH tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_has_agreement_with IF NOT EXISTS
FOR ()-[tie:HAS_AGREEMENT_WITH]-() REQUIRE tie.id IS UNIQUE

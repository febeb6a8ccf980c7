// Makes the id of every Record unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_record_id IF NOT EXISTS
FOR (n:Record) REQUIRE n.id IS UNIQUE

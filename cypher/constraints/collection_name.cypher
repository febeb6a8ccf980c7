// Makes the name of a collection of operations unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_collection_name IF NOT EXISTS
FOR (n:Collection) REQUIRE n.name IS UNIQUE

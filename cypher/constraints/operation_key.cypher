// Makes the key of an operations entry unique in its collection; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_operation_key IF NOT EXISTS
FOR (n:Operation) REQUIRE (n.collection, n.key) IS UNIQUE

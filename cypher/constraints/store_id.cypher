// Makes the nodes that stand for the store itself unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_store_id IF NOT EXISTS
FOR (n:Store) REQUIRE n.id IS UNIQUE

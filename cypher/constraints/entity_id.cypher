// Makes the id of every node of the graph unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_entity_id IF NOT EXISTS
FOR (n:Entity) REQUIRE n.id IS UNIQUE

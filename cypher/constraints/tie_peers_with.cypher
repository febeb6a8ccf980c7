// Makes the id of a PEERS_WITH tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_peers_with IF NOT EXISTS
FOR ()-[tie:PEERS_WITH]-() REQUIRE tie.id IS UNIQUE

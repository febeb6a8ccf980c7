// Inserts ties that are not there yet.
// parameters: rows
// columns: none
UNWIND $rows AS row
MATCH (source:Entity {id: row.source})
MATCH (target:Entity {id: row.target})
CREATE (source)-[tie:$(row.type)]->(target)
SET tie = row.properties

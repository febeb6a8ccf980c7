// Inserts ties that are not there yet.
// parameters: rows
// columns: none
UNWIND $rows AS row
MATCH (source:Entity {id: row.source})
USING INDEX SEEK source:Entity(id)
MATCH (target:Entity {id: row.target})
USING INDEX SEEK target:Entity(id)
CREATE (source)-[tie:$(row.type)]->(target)
SET tie = row.properties

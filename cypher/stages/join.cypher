// Leads every stage to those that may follow it, as its property `next` says too: for whoever reads along with Cypher.
// parameters: rows
// columns: none
UNWIND $rows AS row
MATCH (stage:Entity {id: row.stage})
USING INDEX SEEK stage:Entity(id)
MATCH (following:Entity {id: row.following})
USING INDEX SEEK following:Entity(id)
CREATE (stage)-[:NEXT]->(following)

// Inserts Records or replaces them whole, and ties each to the one node that it describes.
// parameters: rows
// columns: none
UNWIND $rows AS row
MERGE (r:Record {id: row.id})
SET r = row.properties
WITH r, row
OPTIONAL MATCH (r)-[before:DESCRIBES]->()
DELETE before
WITH DISTINCT r, row
MATCH (n:Entity {id: row.about})
USING INDEX SEEK n:Entity(id)
CREATE (r)-[:DESCRIBES]->(n)

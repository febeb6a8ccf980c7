// Reads the Records that describe any of the nodes.
// parameters: ids
// columns: properties
UNWIND $ids AS id
MATCH (n:Entity {id: id})<-[:DESCRIBES]-(r)
USING INDEX SEEK n:Entity(id)
RETURN properties(r) AS properties

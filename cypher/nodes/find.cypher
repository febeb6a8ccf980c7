// Reads nodes by their ids.
// parameters: ids
// columns: labels, properties
UNWIND $ids AS id
MATCH (n:Entity {id: id})
USING INDEX SEEK n:Entity(id)
RETURN labels(n) AS labels, properties(n) AS properties

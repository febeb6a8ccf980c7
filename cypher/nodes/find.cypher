// Reads nodes by their ids.
// parameters: ids
// columns: labels, properties
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN labels(n) AS labels, properties(n) AS properties

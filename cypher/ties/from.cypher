// Reads the ties of a type that start at the nodes.
// parameters: ids, type
// columns: type, source, target, properties
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[tie]->(other)
USING INDEX SEEK n:Entity(id)
WHERE type(tie) = $type
RETURN type(tie) AS type, n.id AS source, other.id AS target, properties(tie) AS properties

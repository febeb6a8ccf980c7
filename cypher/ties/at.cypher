// Reads every tie with an end among the nodes; one between two of them comes twice.
// parameters: ids, types
// columns: type, source, target, properties
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[tie]-()
USING INDEX SEEK n:Entity(id)
WHERE type(tie) IN $types
RETURN type(tie) AS type, startNode(tie).id AS source, endNode(tie).id AS target, properties(tie) AS properties

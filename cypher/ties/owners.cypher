// Reads who owns a tie of some types.
// parameters: types
// columns: owner
MATCH (source:Entity)-[tie]->(target:Entity)
WHERE type(tie) IN $types
RETURN DISTINCT tie.owner AS owner

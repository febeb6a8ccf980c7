// Reads the ties of the same type, ends and owner, whatever their episode.
// The ends are found first, so that the tie is looked for at the end that has fewer.
// parameters: rows
// columns: type, source, target, properties
UNWIND $rows AS row
MATCH (source:Entity {id: row.source})
MATCH (target:Entity {id: row.target})
WITH row, source, target
MATCH (source)-[tie]->(target)
WHERE type(tie) = row.type AND tie.owner = row.owner
RETURN type(tie) AS type, source.id AS source, target.id AS target, properties(tie) AS properties

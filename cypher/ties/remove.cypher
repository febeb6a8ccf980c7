// Removes ties.
// The ends are found first, so that the tie is looked for at the end that has fewer.
// parameters: rows
// columns: none
UNWIND $rows AS row
MATCH (source:Entity {id: row.source})
MATCH (target:Entity {id: row.target})
WITH row, source, target
MATCH (source)-[tie]->(target)
WHERE type(tie) = row.type AND tie.id = row.id
DELETE tie

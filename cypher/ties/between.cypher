// Reads the ties of the same type, ends and owner, whatever their episode.
// The ends are given to a subquery, so that the tie is looked for at the end that has fewer: a hub has thousands.
// parameters: rows
// columns: type, source, target, properties
UNWIND $rows AS row
MATCH (source:Entity {id: row.source})
USING INDEX SEEK source:Entity(id)
MATCH (target:Entity {id: row.target})
USING INDEX SEEK target:Entity(id)
CALL (row, source, target) {
  MATCH (source)-[tie]->(target)
  WHERE type(tie) = row.type AND tie.owner = row.owner
  RETURN tie
}
RETURN type(tie) AS type, source.id AS source, target.id AS target, properties(tie) AS properties

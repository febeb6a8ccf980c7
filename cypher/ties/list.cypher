// Reads every tie of the types; those of some owners, or of all where `owners` is null.
// parameters: types, owners
// columns: type, source, target, properties
MATCH (source:Entity)-[tie]->(target:Entity)
WHERE type(tie) IN $types AND ($owners IS NULL OR tie.owner IN $owners)
RETURN type(tie) AS type, source.id AS source, target.id AS target, properties(tie) AS properties

// Reads every node with one of the labels; those of some owners, or of all where `owners` is null.
// parameters: labels, owners
// columns: labels, properties
MATCH (n:Entity)
WHERE any(label IN labels(n) WHERE label IN $labels) AND ($owners IS NULL OR n.owner IN $owners)
RETURN labels(n) AS labels, properties(n) AS properties

// Reads who owns a node with none of some labels.
// parameters: others
// columns: owner
MATCH (n:Entity)
WHERE none(label IN labels(n) WHERE label IN $others)
RETURN DISTINCT n.owner AS owner

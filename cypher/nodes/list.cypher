// Reads every node with one of the labels and none of the others; of any label where `labels` is null.
// Those of some owners, or of all where `owners` is null.
// parameters: labels, others, owners
// columns: labels, properties
MATCH (n:Entity)
WHERE ($labels IS NULL OR any(label IN labels(n) WHERE label IN $labels))
  AND none(label IN labels(n) WHERE label IN $others)
  AND ($owners IS NULL OR n.owner IN $owners)
RETURN labels(n) AS labels, properties(n) AS properties

// Inserts nodes or replaces them whole; labels that no longer hold go, such as Employer, or all but Entity of a merged one.
// parameters: rows
// columns: none
UNWIND $rows AS row
MERGE (n:Entity {id: row.id})
SET n = row.properties
WITH n, row, [label IN labels(n) WHERE NOT label IN row.labels] AS gone
REMOVE n:$(gone)
SET n:$(row.labels)

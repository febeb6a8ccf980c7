// Inserts nodes or replaces them whole; the second label Employer comes and goes with each.
// parameters: rows
// columns: none
UNWIND $rows AS row
MERGE (n:Entity {id: row.id})
SET n = row.properties
REMOVE n:Employer
SET n:$(row.labels)

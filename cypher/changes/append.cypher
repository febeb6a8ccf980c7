// Appends parts of a revision's list of changes.
// parameters: rows
// columns: none
UNWIND $rows AS row
CREATE (change:Change)
SET change = row

// Appends numbered entries to a log.
// parameters: rows
// columns: none
UNWIND $rows AS row
CREATE (entry:LogEntry)
SET entry = row

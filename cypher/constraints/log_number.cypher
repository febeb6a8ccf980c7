// Makes the number of a log entry unique in its collection; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_log_number IF NOT EXISTS
FOR (n:LogEntry) REQUIRE (n.collection, n.number) IS UNIQUE

// Reads what was appended to a log after a number.
// parameters: collection, after
// columns: properties
MATCH (entry:LogEntry {collection: $collection})
USING INDEX SEEK entry:LogEntry(collection, number)
WHERE entry.number > $after
RETURN properties(entry) AS properties

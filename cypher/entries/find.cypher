// Reads one entry.
// parameters: collection, key
// columns: properties
MATCH (entry:Operation {collection: $collection, key: $key})
USING INDEX SEEK entry:Operation(collection, key)
RETURN properties(entry) AS properties

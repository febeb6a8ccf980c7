// Reads the entries of a collection whose key starts with a text.
// parameters: collection, prefix
// columns: properties
MATCH (entry:Operation {collection: $collection})
USING INDEX SEEK entry:Operation(collection, key)
WHERE entry.key STARTS WITH $prefix
RETURN properties(entry) AS properties

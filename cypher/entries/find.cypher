// Reads one entry.
// parameters: collection, key
// columns: properties
MATCH (entry:Operation {collection: $collection, key: $key})
RETURN properties(entry) AS properties

// Removes one entry.
// parameters: collection, key
// columns: none
MATCH (entry:Operation {collection: $collection, key: $key})
USING INDEX SEEK entry:Operation(collection, key)
DELETE entry

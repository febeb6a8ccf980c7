// Removes one entry.
// parameters: collection, key
// columns: none
MATCH (entry:Operation {collection: $collection, key: $key})
DELETE entry

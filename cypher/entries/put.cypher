// Inserts an entry or replaces it whole.
// parameters: collection, key, properties
// columns: none
MERGE (entry:Operation {collection: $collection, key: $key})
SET entry = $properties

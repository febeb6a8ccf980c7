// Writes the number of a log's last entry.
// parameters: collection, last
// columns: none
MATCH (collection:Collection {name: $collection})
SET collection.last = $last

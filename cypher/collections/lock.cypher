// Takes the lock of a collection of operations, making it where there is none, and reads its log's last number.
// parameters: collection
// columns: last
MERGE (collection:Collection {name: $collection})
ON CREATE SET collection.last = 0
SET collection.locked = true
WITH collection
RETURN collection.last AS last

// Takes the lock of a collection that is there, so that no change of it is half visible.
// parameters: collection
// columns: name
MATCH (collection:Collection {name: $collection})
SET collection.locked = true
RETURN collection.name AS name

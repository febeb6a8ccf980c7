// Lists the collections that hold entries or a log.
// parameters: none
// columns: name
MATCH (collection:Collection)
WHERE collection.last > 0 OR EXISTS { (:Operation {collection: collection.name}) }
RETURN collection.name AS name

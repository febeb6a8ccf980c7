// Lists the collections that hold entries or a log.
// The index is of both properties, and serves only where both are asked for.
// parameters: none
// columns: name
MATCH (collection:Collection)
WHERE collection.last > 0 OR EXISTS {
  MATCH (entry:Operation)
  USING INDEX SEEK entry:Operation(collection, key)
  WHERE entry.collection = collection.name AND entry.key IS NOT NULL
}
RETURN collection.name AS name

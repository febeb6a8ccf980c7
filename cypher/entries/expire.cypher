// Removes the entries of a collection that expired at or before a time, and counts them.
// The index is of both properties, and serves only where both are asked for.
// parameters: collection, now
// columns: removed
MATCH (entry:Operation)
USING INDEX SEEK entry:Operation(collection, key)
WHERE entry.collection = $collection AND entry.key IS NOT NULL AND entry.expires_at <= $now
DELETE entry
RETURN count(entry) AS removed

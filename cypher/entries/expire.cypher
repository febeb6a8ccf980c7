// Removes the entries of a collection that expired at or before a time, and counts them.
// parameters: collection, now
// columns: removed
MATCH (entry:Operation {collection: $collection})
WHERE entry.expires_at <= $now
DELETE entry
RETURN count(entry) AS removed

// Lists the collections that hold entries which expired at or before a time.
// parameters: now
// columns: collection
MATCH (entry:Operation)
WHERE entry.expires_at <= $now
RETURN DISTINCT entry.collection AS collection

// Reads the lists of changes after a revision; their parts come in any order.
// The index is of both properties, and serves only where both are asked for.
// parameters: revision
// columns: revision, part, kinds, ids, removed
MATCH (change:Change)
USING INDEX SEEK change:Change(revision, part)
WHERE change.revision > $revision AND change.part IS NOT NULL
RETURN change.revision AS revision, change.part AS part, change.kinds AS kinds, change.ids AS ids, change.removed AS removed

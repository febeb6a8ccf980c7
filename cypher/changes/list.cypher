// Reads the lists of changes after a revision; their parts come in any order.
// parameters: revision
// columns: revision, part, kinds, ids, removed
MATCH (change:Change)
WHERE change.revision > $revision
RETURN change.revision AS revision, change.part AS part, change.kinds AS kinds, change.ids AS ids, change.removed AS removed

// Removes Records, and what ties them to their nodes.
// parameters: ids
// columns: none
UNWIND $ids AS id
MATCH (r:Record {id: id})
DETACH DELETE r

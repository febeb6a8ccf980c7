// Removes nodes. Ties that point at them and Records that describe them are removed before; the server refuses otherwise.
// parameters: ids
// columns: none
UNWIND $ids AS id
MATCH (n:Entity {id: id})
DELETE n

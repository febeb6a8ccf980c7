// Removes nodes; ties that still point at them would go too, so those are removed before.
// parameters: ids
// columns: none
UNWIND $ids AS id
MATCH (n:Entity {id: id})
DETACH DELETE n

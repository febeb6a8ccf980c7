// Removes Records, with what ties them to their nodes, and nodes. Ties that point at a node are removed before; the
// server refuses otherwise. All are found first: a search takes longer with everything that its transaction has removed.
// parameters: records, nodes
// columns: none
CALL () {
  UNWIND $records AS id
  MATCH (r:Record {id: id})
  USING INDEX SEEK r:Record(id)
  RETURN collect(r) AS records
}
CALL () {
  UNWIND $nodes AS id
  MATCH (n:Entity {id: id})
  USING INDEX SEEK n:Entity(id)
  RETURN collect(n) AS nodes
}
FOREACH (r IN records | DETACH DELETE r)
FOREACH (n IN nodes | DELETE n)

// Writes the state after a batch; the last statement of it. Takes the gate's lock until the commit is whole.
// parameters: revision, graph_sum, content_sum
// columns: none
MATCH (gate:Store {id: 'gate'})
SET gate.locked = true
WITH gate
MATCH (store:Store {id: 'store'})
SET store.revision = $revision, store.graph_sum = $graph_sum, store.content_sum = $content_sum

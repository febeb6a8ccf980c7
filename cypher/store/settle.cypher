// Takes the gate's lock, waiting for a batch that is being committed at this moment, and reads the state.
// No commit is half visible for as long as the transaction lasts.
// parameters: none
// columns: revision, graph_sum, content_sum
MATCH (gate:Store {id: 'gate'})
SET gate.locked = true
WITH gate
MATCH (store:Store {id: 'store'})
RETURN store.revision AS revision, store.graph_sum AS graph_sum, store.content_sum AS content_sum

// Takes the writing lock, which one batch holds from its start to its end, and reads the state under it.
// No row: this is no store any more. Setting what is set already takes the lock and writes nothing.
// parameters: none
// columns: revision, graph_sum, content_sum
MATCH (store:Store {id: 'store'})
SET store.locked = true
WITH store
RETURN store.revision AS revision, store.graph_sum AS graph_sum, store.content_sum AS content_sum

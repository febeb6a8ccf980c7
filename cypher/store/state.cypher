// Reads the state of the store, taking no lock.
// parameters: none
// columns: revision, graph_sum, content_sum
MATCH (store:Store {id: 'store'})
RETURN store.revision AS revision, store.graph_sum AS graph_sum, store.content_sum AS content_sum

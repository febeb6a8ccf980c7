// Reads what an unfinished restore said of itself.
// parameters: none
// columns: restoring
MATCH (store:Store {id: 'store'})
RETURN store.restoring AS restoring

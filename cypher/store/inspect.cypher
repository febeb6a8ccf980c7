// Says whether the database is empty, and what its store is if it holds one.
// One row always; without a store all but `nodes` is null.
// parameters: none
// columns: product, schema, restoring, nodes
OPTIONAL MATCH (store:Store {id: 'store'})
RETURN store.product AS product, store.schema AS schema, store.restoring AS restoring, COUNT { () } AS nodes

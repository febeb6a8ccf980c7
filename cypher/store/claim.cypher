// Takes the store's writing lock, making its node first where there is none: the second of two makers waits here.
// One row; `product` is null for a node that was made just now, and `nodes` counts it.
// parameters: none
// columns: product, nodes
MERGE (store:Store {id: 'store'})
SET store.locked = true
WITH store
RETURN store.product AS product, COUNT { () } AS nodes

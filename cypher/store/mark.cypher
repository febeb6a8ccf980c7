// Says that a restore is under way, or with null that it is done.
// parameters: restoring
// columns: none
MATCH (store:Store {id: 'store'})
SET store.restoring = $restoring

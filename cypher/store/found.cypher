// Writes the state of a new store and makes its gate, which is locked for as long as a batch is being committed.
// parameters: state
// columns: none
MATCH (store:Store {id: 'store'})
SET store += $state
CREATE (:Store {id: 'gate', locked: true})

// Reads who owns a Record.
// parameters: none
// columns: owner
MATCH (r:Record)
RETURN DISTINCT r.owner AS owner

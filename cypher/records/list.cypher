// Reads every Record; those of some owners, or of all where `owners` is null.
// parameters: owners
// columns: properties
MATCH (r:Record)
WHERE $owners IS NULL OR r.owner IN $owners
RETURN properties(r) AS properties

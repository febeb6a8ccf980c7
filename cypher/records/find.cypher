// Reads Records by their ids.
// parameters: ids
// columns: properties
UNWIND $ids AS id
MATCH (r:Record {id: id})
USING INDEX SEEK r:Record(id)
RETURN properties(r) AS properties

// Lists the uniqueness constraints of the database.
// parameters: none
// columns: name, entity, names, properties
SHOW CONSTRAINTS
YIELD name, type, entityType, labelsOrTypes, properties
WHERE type ENDS WITH 'UNIQUENESS' OR type ENDS WITH 'KEY'
RETURN name, entityType AS entity, labelsOrTypes AS names, properties

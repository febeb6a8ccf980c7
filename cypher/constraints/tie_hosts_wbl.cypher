// Makes the id of a HOSTS_WBL tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_hosts_wbl IF NOT EXISTS
FOR ()-[tie:HOSTS_WBL]-() REQUIRE tie.id IS UNIQUE

// Makes the id of a LEADS_TO tie unique; does nothing where it is already.
// parameters: none
// columns: none
CREATE CONSTRAINT matchmaker_tie_leads_to IF NOT EXISTS
FOR ()-[tie:LEADS_TO]-() REQUIRE tie.id IS UNIQUE

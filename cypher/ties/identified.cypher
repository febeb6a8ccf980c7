// Reads ties of any type by their ids alone: each type has an index of its own.
// parameters: ids
// columns: type, source, target, properties
UNWIND $ids AS id
CALL (id) {
  MATCH ()-[tie:ABOUT {id: id}]->()
  USING INDEX SEEK tie:ABOUT(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:ACCREDITS {id: id}]->()
  USING INDEX SEEK tie:ACCREDITS(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:COACHES {id: id}]->()
  USING INDEX SEEK tie:COACHES(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:COMMITTED_TO {id: id}]->()
  USING INDEX SEEK tie:COMMITTED_TO(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:CONCERNS {id: id}]->()
  USING INDEX SEEK tie:CONCERNS(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:FEEDS_INTO {id: id}]->()
  USING INDEX SEEK tie:FEEDS_INTO(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:FUNDS {id: id}]->()
  USING INDEX SEEK tie:FUNDS(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:HAS {id: id}]->()
  USING INDEX SEEK tie:HAS(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:HAS_AGREEMENT_WITH {id: id}]->()
  USING INDEX SEEK tie:HAS_AGREEMENT_WITH(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:HIRES_FOR {id: id}]->()
  USING INDEX SEEK tie:HIRES_FOR(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:HOSTS_WBL {id: id}]->()
  USING INDEX SEEK tie:HOSTS_WBL(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:INCLUDES {id: id}]->()
  USING INDEX SEEK tie:INCLUDES(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:LEADS_TO {id: id}]->()
  USING INDEX SEEK tie:LEADS_TO(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:LOCATED_IN {id: id}]->()
  USING INDEX SEEK tie:LOCATED_IN(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:MEMBER_OF {id: id}]->()
  USING INDEX SEEK tie:MEMBER_OF(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:OFFERED_AT {id: id}]->()
  USING INDEX SEEK tie:OFFERED_AT(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:OPERATES {id: id}]->()
  USING INDEX SEEK tie:OPERATES(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:PARTICIPATES_IN {id: id}]->()
  USING INDEX SEEK tie:PARTICIPATES_IN(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:PARTNERS_WITH {id: id}]->()
  USING INDEX SEEK tie:PARTNERS_WITH(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:PART_OF {id: id}]->()
  USING INDEX SEEK tie:PART_OF(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:PEERS_WITH {id: id}]->()
  USING INDEX SEEK tie:PEERS_WITH(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:PREPARES_FOR {id: id}]->()
  USING INDEX SEEK tie:PREPARES_FOR(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:RECOGNIZES {id: id}]->()
  USING INDEX SEEK tie:RECOGNIZES(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:RECRUITS_FROM {id: id}]->()
  USING INDEX SEEK tie:RECRUITS_FROM(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:SERVES {id: id}]->()
  USING INDEX SEEK tie:SERVES(id)
  RETURN tie
  UNION ALL
  MATCH ()-[tie:STATES {id: id}]->()
  USING INDEX SEEK tie:STATES(id)
  RETURN tie
}
RETURN type(tie) AS type, startNode(tie).id AS source, endNode(tie).id AS target, properties(tie) AS properties

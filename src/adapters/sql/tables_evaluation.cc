// The repositories of an evaluation, compiled here and nowhere else.
#include "adapters/sql/table.h"

namespace dure::sql {

#define DURE_SQL_HERE(Noun, name)                      \
  template const NounTable& noun_table<model::Noun>(); \
  template class Table<model::Noun>;
DURE_SQL_EVALUATION_NOUNS(DURE_SQL_HERE)
#undef DURE_SQL_HERE

}  // namespace dure::sql

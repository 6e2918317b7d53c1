// The repositories of what changes an award or an allocation, and of training, compiled here and nowhere
// else.
#include "adapters/sql/table.h"

namespace dure::sql {

#define DURE_SQL_HERE(Noun, name)                      \
  template const NounTable& noun_table<model::Noun>(); \
  template class Table<model::Noun>;
DURE_SQL_ALLOCATION_NOUNS(DURE_SQL_HERE)
#undef DURE_SQL_HERE

}  // namespace dure::sql

# Writes OUT: every migration of FILES (split by "|") as a row of the table that migrations.h declares.
# A file is NNNN_name.sql for both engines, or NNNN_name.sqlite.sql and NNNN_name.postgresql.sql for one each.
string(REPLACE "|" ";" files "${FILES}")
list(SORT files)
set(rows "")
set(count 0)
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.(sqlite|postgresql))?\\.sql$")
    message(FATAL_ERROR "${name}: a migration is named NNNN_name.sql or NNNN_name.<engine>.sql")
  endif()
  set(digits "${CMAKE_MATCH_1}")
  set(title "${CMAKE_MATCH_2}")
  set(engine "${CMAKE_MATCH_4}")
  string(REGEX REPLACE "^0+" "" number "${digits}")
  file(SHA256 ${file} checksum)
  file(READ ${file} text)
  string(APPEND rows
    "    {${number}, \"${title}\", \"${engine}\", \"${checksum}\", R\"sql(${text})sql\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT}.new "// Made from migrations/*.sql by embed_migrations.cmake.
#include \"adapters/sql/migrations.h\"

namespace dure::sql {
namespace {

constexpr EmbeddedMigration kAll[] = {
${rows}};

}  // namespace

const EmbeddedMigration* const kMigrations = kAll;
const std::size_t kMigrationCount = ${count};

}  // namespace dure::sql
")
file(RENAME ${OUT}.new ${OUT})

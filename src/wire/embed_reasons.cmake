# Writes OUT, a C++ source that holds the reason catalogue's files as text.
#   cmake -DOUT=reasons_data.cc "-DFILES=a.json|b.json" -P embed_reasons.cmake
string(REPLACE "|" ";" files "${FILES}")
set(text "// Made by embed_reasons.cmake from api/reasons/*.json.\n#include \"wire/reasons_data.h\"\n\n")
string(APPEND text "namespace dure::wire {\n\nstd::vector<ReasonFile> reason_files() {\n  return {\n")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" content)
  string(APPEND text "      {\"${name}\", R\"dure_json(${content})dure_json\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace dure::wire\n")
file(WRITE "${OUT}" "${text}")

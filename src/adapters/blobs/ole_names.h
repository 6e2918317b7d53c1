// The names inside an OLE compound file (MS-CFB): enough to tell a word processor's file from a spreadsheet.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace dure::blobs {

bool is_ole(std::string_view bytes);

// Names of streams and storages, ASCII only (others with '?'); empty where the file is broken. Bounded: at
// most 4096 entries are read, whatever the file claims.
std::set<std::string> ole_names(std::string_view bytes);

}  // namespace dure::blobs

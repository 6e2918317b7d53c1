// YAML text as a JSON tree whose scalars are all text, with the place of each node: what form files are read
// through. The types come afterwards, from the shape that the text is meant for (retype). Only yaml_tree.cc
// touches yaml-cpp.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/shape.h"

namespace dure::wire {

struct YamlLimits {
  std::size_t max_depth = 16;
  std::size_t max_nodes = 5000;
};

// Counted from 1.
struct Place {
  std::int64_t line = 1;
  std::int64_t column = 1;
  bool plain = false;  // a scalar without quotes, whose type is open
};

struct YamlTree {
  boost::json::value root;
  std::map<std::string, Place> places;  // by JSON pointer
};

// REQUIRES: `text` is UTF-8. Errors as form_file.h lists them ("form.anchor", …), each with line and column.
base::Result<YamlTree> read_yaml(std::string_view text, YamlLimits limits);

// Gives plain scalars the type that `shape` has at their place, and takes away members that are empty where
// the shape knows no empty value. What does not fit stays as it is, for from_json() to refuse.
void retype(YamlTree& tree, const Shape& shape);

}  // namespace dure::wire

// A YAML text as a tree, read under limits. The only file pair that touches yaml-cpp.
//
// Refused: more than the limits, anchors, aliases, tags, several documents, keys that are not plain text, the
// same key twice, text that is not UTF-8 or holds control characters. yaml-cpp descends the C++ stack with
// the text's depth; the limit stops it at the first event that is too deep.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/layer.h"

namespace dure::policy {

struct YamlLimits {
  std::size_t bytes = kMaxLayerBytes;
  std::size_t nodes = kMaxLayerNodes;
  int depth = kMaxLayerDepth;
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Member;

  Kind kind = Kind::kNull;
  bool quoted = false;  // a scalar in quotes or as a block: text, never a number or truth
  std::string text;
  std::vector<YamlNode> items;
  std::vector<Member> members;  // in the order of the text
  Position position;

  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Member {
  std::string key;
  Position position;
  YamlNode value;
};

// The root; or the findings (never empty), syntax errors included.
struct YamlRead {
  YamlNode root;
  std::vector<Finding> findings;
};

// JSON pointer to a member: "/a" and "b/c" give "/a/b~1c" (RFC 6901).
std::string pointer_to(std::string_view parent, std::string_view word);

YamlRead read_yaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace dure::policy

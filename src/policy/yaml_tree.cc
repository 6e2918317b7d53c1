#include "policy/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>

#include "policy/type.h"

namespace dure::policy {
namespace {

Position position_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

// Bytes that follow the lead byte of a UTF-8 sequence, and the smallest code point that needs so many; -1 for
// what cannot lead.
int followers(unsigned char lead, std::uint32_t& bits, std::uint32_t& smallest) {
  if (lead < 0x80) {
    bits = lead, smallest = 0;
    return 0;
  }
  if ((lead & 0xe0) == 0xc0) {
    bits = lead & 0x1fu, smallest = 0x80;
    return 1;
  }
  if ((lead & 0xf0) == 0xe0) {
    bits = lead & 0x0fu, smallest = 0x800;
    return 2;
  }
  if ((lead & 0xf8) == 0xf0) {
    bits = lead & 0x07u, smallest = 0x10000;
    return 3;
  }
  return -1;
}

bool allowed(std::uint32_t code) {
  if (code < 0x20) return code == '\n' || code == '\r' || code == '\t';
  if (code == 0x7f || (code >= 0x80 && code < 0xa0)) return false;
  if (code == 0x2028 || code == 0x2029 || code == 0xfeff) return false;  // YAML and editors disagree on these
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

// Where the first begins that is not UTF-8, or not an allowed character; npos: all of it is.
std::size_t unclean_at(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    std::uint32_t code = 0;
    std::uint32_t smallest = 0;
    const int more = followers(static_cast<unsigned char>(text[i++]), code, smallest);
    if (more < 0 || i + static_cast<std::size_t>(more) > text.size()) return start;
    for (int k = 0; k < more; ++k, ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xc0) != 0x80) return start;
      code = code << 6 | (byte & 0x3fu);
    }
    if (code < smallest || !allowed(code)) return start;
  }
  return std::string_view::npos;
}

Position position_at(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte);
  const auto line_break = before.rfind('\n');
  const auto start = line_break == std::string_view::npos ? 0 : line_break + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(before.size() - start) + 1};
}

// Ends the parse from inside an event; nobody outside this file sees it.
struct Stop {
  Finding finding;
};

// Builds the tree on a stack of its own.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlLimits& limits, std::vector<Finding>& findings)
      : limits_(limits), findings_(findings) {}

  YamlNode take() && { return std::move(root_); }
  bool seen_document() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) stop(mark, base::Reason("policy.several_documents"));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    put(node(mark, YamlNode::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    stop(mark, base::Reason("policy.alias_refused"));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (unclean_at(value) != std::string_view::npos) stop(mark, base::Reason("policy.not_text"));
    YamlNode scalar = node(mark, YamlNode::Kind::kScalar);
    scalar.quoted = tag == "!";
    scalar.text = value;
    put(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    bool has_key = false;  // of a map: the key that waits for its value
    std::string key;
    Position key_position;
  };

  [[noreturn]] void stop(const YAML::Mark& mark, base::Reason reason) {
    throw Stop{{Finding::Severity::kError, pointer(), position_of(mark), std::move(reason)}};
  }

  std::string pointer() const {
    std::string path;
    for (const Open& open : stack_) {
      if (open.node.kind == YamlNode::Kind::kList)
        path = pointer_to(path, std::to_string(open.node.items.size()));
      if (open.has_key) path = pointer_to(path, open.key);
    }
    return path;
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) stop(mark, base::Reason("policy.alias_refused"));
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag != "?" && tag != "!" && !tag.empty())
      stop(mark, base::Reason("policy.tag_refused").with("tag", tag));
  }

  YamlNode node(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (++nodes_ > limits_.nodes) {
      stop(mark, base::Reason("policy.too_many_nodes").with("max", static_cast<std::int64_t>(limits_.nodes)));
    }
    YamlNode made;
    made.kind = kind;
    made.position = position_of(mark);
    return made;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (static_cast<int>(stack_.size()) >= limits_.depth) {
      stop(mark, base::Reason("policy.too_deep").with("max", limits_.depth));
    }
    if (!stack_.empty() && stack_.back().node.kind == YamlNode::Kind::kMap && !stack_.back().has_key) {
      stop(mark, base::Reason("policy.key_not_text"));
    }
    stack_.push_back({node(mark, kind), false, {}, {}});
  }

  void close() {
    YamlNode done = std::move(stack_.back().node);
    stack_.pop_back();
    put(std::move(done));
  }

  void put(YamlNode value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.items.push_back(std::move(value));
    } else if (!parent.has_key) {
      take_key(parent, value);
    } else {
      put_member(parent, std::move(value));
    }
  }

  void take_key(Open& parent, const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kScalar) {
      throw Stop{{Finding::Severity::kError, pointer(), value.position, base::Reason("policy.key_not_text")}};
    }
    parent.has_key = true;
    parent.key = value.text;
    parent.key_position = value.position;
  }

  void put_member(Open& parent, YamlNode value) {
    if (parent.node.members.size() >= kMaxItems) {
      throw Stop{{Finding::Severity::kError, pointer(), parent.key_position,
                  base::Reason("policy.list_too_long").with("max", static_cast<std::int64_t>(kMaxItems))}};
    }
    if (parent.node.find(parent.key) != nullptr) {
      findings_.push_back({Finding::Severity::kError, pointer(), parent.key_position,
                           base::Reason("policy.duplicate_key").with("key", parent.key)});
      if (findings_.size() >= kMaxFindings) throw Stop{findings_.back()};
    } else {
      parent.node.members.push_back({std::move(parent.key), parent.key_position, std::move(value)});
    }
    parent.has_key = false;
    parent.key.clear();
  }

  static constexpr std::size_t kMaxFindings = 50;
  const YamlLimits& limits_;
  std::vector<Finding>& findings_;
  std::vector<Open> stack_;
  YamlNode root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// Reads a string_view without a copy.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

Finding whole_file(base::Reason reason) {
  return {Finding::Severity::kError, "", {}, std::move(reason)};
}

void parse(std::string_view text, const YamlLimits& limits, YamlRead& result) {
  TreeBuilder builder(limits, result.findings);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    if (!builder.seen_document()) result.findings.push_back(whole_file(base::Reason("policy.file_empty")));
    result.root = std::move(builder).take();
  } catch (const Stop& stop) {
    if (result.findings.empty() || !(result.findings.back() == stop.finding)) {
      result.findings.push_back(stop.finding);
    }
  } catch (const YAML::Exception& syntax) {
    result.findings.push_back({Finding::Severity::kError, "", position_of(syntax.mark),
                               base::Reason("policy.yaml_syntax").with("message", syntax.msg)});
  } catch (const std::exception& other) {
    result.findings.push_back(whole_file(base::Reason("policy.yaml_syntax").with("message", other.what())));
  }
}

}  // namespace

std::string pointer_to(std::string_view parent, std::string_view word) {
  std::string out = std::string(parent) + "/";
  for (const char c : word) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

YamlRead read_yaml(std::string_view text, const YamlLimits& limits) {
  YamlRead result;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark, as Windows writes it
  if (text.size() > limits.bytes) {
    result.findings.push_back(whole_file(
        base::Reason("policy.too_large").with("max_bytes", static_cast<std::int64_t>(limits.bytes))));
  } else if (const auto bad = unclean_at(text); bad != std::string_view::npos) {
    result.findings.push_back(
        {Finding::Severity::kError, "", position_at(text, bad), base::Reason("policy.not_text")});
  } else {
    parse(text, limits, result);
  }
  return result;
}

}  // namespace dure::policy

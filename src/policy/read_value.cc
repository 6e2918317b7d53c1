#include "policy/read_value.h"

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "calendar/period.h"

namespace dure::policy {
namespace {

constexpr std::size_t kMaxText = 4000;
constexpr std::size_t kMaxLine = 400;

// Reads one node and remembers where it is, so that findings can say it.
class Reader {
 public:
  Reader(const YamlNode& node, const Type& type, const std::string& pointer, Findings& findings)
      : node_(node), type_(type), pointer_(pointer), findings_(findings) {}

  std::optional<Value> read() {
    if (type_.kind == Kind::kList) return read_list();
    if (type_.kind == Kind::kRecord) return read_record();
    if (node_.kind != YamlNode::Kind::kScalar) return wrong_type();
    return read_scalar();
  }

 private:
  std::optional<Value> read_scalar() {
    switch (type_.kind) {
      case Kind::kBool:
        return read_bool();
      case Kind::kNumber:
        return read_amount(type_.unit == "bp" ? parse_basis_points(node_.text) : parse_number(node_.text));
      case Kind::kBytes:
        return read_amount(parse_bytes(node_.text));
      case Kind::kMilliGpu:
        return read_amount(parse_milli_gpu(node_.text));
      case Kind::kDate:
        return read_date();
      case Kind::kLength:
        return read_length();
      case Kind::kName:
        return read_name();
      default:
        return read_text();
    }
  }

  std::optional<Value> read_bool() {
    if (!node_.quoted && node_.text == "true") return Value{true};
    if (!node_.quoted && node_.text == "false") return Value{false};
    return wrong_type();
  }

  std::optional<Value> read_amount(std::optional<std::int64_t> amount) {
    // A number in quotes is a text; with a unit ("100 TB", as JSON must write it) there is nothing to
    // mistake.
    if (!amount || (node_.quoted && node_.text.find(' ') == std::string::npos)) return wrong_type();
    if (*amount < type_.min || *amount > type_.max) {
      return refuse(base::Reason("policy.number_out_of_range")
                        .with("value", *amount)
                        .with("min", type_.min)
                        .with("max", type_.max)
                        .with("unit", type_.unit));
    }
    return Value{*amount};
  }

  std::optional<Value> read_date() {
    const auto date = base::parse_date(node_.text);
    if (!date) return wrong_type();
    if (!calendar::check_plannable(*date).ok()) {
      return refuse(base::Reason("policy.date_out_of_range")
                        .with("value", node_.text)
                        .with("first", base::to_text(calendar::kFirstPlannable))
                        .with("last", base::to_text(calendar::kLastPlannable)));
    }
    return text_value();
  }

  std::optional<Value> read_length() {
    const auto length = calendar::parse_length(node_.text);
    if (!length) return wrong_type();
    return Value{calendar::to_text(*length)};
  }

  std::optional<Value> read_name() {
    if (std::find(type_.names.begin(), type_.names.end(), node_.text) != type_.names.end())
      return text_value();
    std::string allowed;
    for (const std::string& name : type_.names) allowed += (allowed.empty() ? "" : ", ") + name;
    return refuse(with_suggestion("policy.name_unknown", node_.text, type_.names)
                      .with("value", node_.text)
                      .with("allowed", allowed));
  }

  std::optional<Value> read_text() {
    const bool any = type_.form == Form::kAny;
    if (node_.text.size() > (any ? kMaxText : kMaxLine)) {
      return refuse(base::Reason("policy.text_too_long")
                        .with("max_bytes", static_cast<std::int64_t>(any ? kMaxText : kMaxLine)));
    }
    if (!any && node_.text.find_first_of("\n\r") != std::string::npos) {
      return refuse(base::Reason("policy.text_of_one_line"));
    }
    if (type_.form == Form::kId && !is_id())
      return refuse(base::Reason("policy.not_an_id").with("value", node_.text));
    if (type_.form == Form::kHex64 && !is_hex64()) return refuse(base::Reason("policy.not_a_hash"));
    return text_value();
  }

  bool is_id() const {
    return !node_.text.empty() && std::all_of(node_.text.begin(), node_.text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
  }
  bool is_hex64() const {
    return node_.text.size() == 64 && std::all_of(node_.text.begin(), node_.text.end(), [](char c) {
             return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
           });
  }

  std::optional<Value> read_list() {
    if (node_.kind != YamlNode::Kind::kList) return wrong_type();
    if (node_.items.size() > kMaxItems) {
      return refuse(base::Reason("policy.list_too_long").with("max", static_cast<std::int64_t>(kMaxItems)));
    }
    Value::List list;
    bool whole = true;
    for (std::size_t i = 0; i < node_.items.size(); ++i) {
      auto item = read_value(node_.items[i], *type_.item, pointer_ + "/" + std::to_string(i), findings_);
      if (item) {
        list.push_back(std::move(*item));
      } else {
        whole = false;
      }
    }
    if (!whole) return std::nullopt;
    return Value{std::move(list)};
  }

  std::optional<Value> read_record() {
    if (node_.kind != YamlNode::Kind::kMap) return wrong_type();
    const std::size_t before = findings_.size();
    Value::Record record;
    for (const YamlNode::Member& member : node_.members) read_member(member, record);
    for (const FieldType& field : type_.fields) {
      if (field.required && node_.find(field.name) == nullptr) {
        refuse(base::Reason("policy.missing_field").with("field", field.name));
      }
    }
    if (findings_.size() != before) return std::nullopt;
    return Value{std::move(record)};
  }

  void read_member(const YamlNode::Member& member, Value::Record& record) {
    const std::string pointer = pointer_to(pointer_, member.key);
    const auto field = std::find_if(type_.fields.begin(), type_.fields.end(),
                                    [&](const FieldType& each) { return each.name == member.key; });
    if (field == type_.fields.end()) {
      std::vector<std::string> names;
      names.reserve(type_.fields.size());
      for (const FieldType& each : type_.fields) names.push_back(each.name);
      report(findings_, pointer, member.position,
             with_suggestion("policy.unknown_key", member.key, names).with("key", member.key));
      return;
    }
    if (says_none(member.value, *field->type)) return;
    if (auto value = read_value(member.value, *field->type, pointer, findings_)) {
      record.emplace(member.key, std::move(*value));
    }
  }

  std::optional<Value> text_value() const { return Value{node_.text}; }

  std::optional<Value> wrong_type() {
    return refuse(base::Reason("policy.wrong_type")
                      .with("expected_ko", describe_type_ko(type_))
                      .with("expected_en", describe_type_en(type_)));
  }
  std::optional<Value> refuse(base::Reason reason) {
    report(findings_, pointer_, node_.position, std::move(reason));
    return std::nullopt;
  }

  const YamlNode& node_;
  const Type& type_;
  const std::string& pointer_;
  Findings& findings_;
};

}  // namespace

void report(Findings& findings, std::string pointer, Position position, base::Reason reason) {
  findings.push_back({Finding::Severity::kError, std::move(pointer), position, std::move(reason)});
}

std::optional<Value> read_value(const YamlNode& node, const Type& type, const std::string& pointer,
                                Findings& findings) {
  return Reader(node, type, pointer, findings).read();
}

bool says_none(const YamlNode& node, const Type& type) {
  return type.optional && node.kind == YamlNode::Kind::kScalar && node.text == "none";
}

}  // namespace dure::policy

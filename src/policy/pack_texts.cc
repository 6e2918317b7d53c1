#include "policy/pack_texts.h"

#include <set>
#include <utility>
#include <variant>

namespace dure::policy {
namespace {

std::string field(const Value& file, const std::string& name) {
  const auto& record = std::get<Value::Record>(file.data);
  const auto found = record.find(name);
  return found == record.end() ? "" : std::get<std::string>(found->second.data);
}

// No absolute path, no step upwards, no empty part.
bool stays_inside(const std::string& path) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t slash = path.find('/', begin);
    const std::string part = path.substr(begin, slash == std::string::npos ? slash : slash - begin);
    if (part.empty() || part == "." || part == ".." || part.find('\\') != std::string::npos) return false;
    if (slash == std::string::npos) return true;
    begin = slash + 1;
  }
}

// Without a code: nothing is wrong.
base::Reason wrong_text(const std::string& path, const std::string& wanted, const ReadText& read) {
  if (!stays_inside(path)) return base::Reason("policy.text_outside").with("file", path);
  const auto bytes = read(path);
  if (!bytes) return base::Reason("policy.text_missing").with("file", path);
  const std::string found = sha256_hex(*bytes);
  if (found == wanted) return {};
  return base::Reason("policy.text_changed").with("file", path).with("found", found).with("expected", wanted);
}

}  // namespace

std::vector<Finding> check_texts(const Layer& layer, const ReadText& read) {
  std::vector<Finding> findings;
  const auto entry = layer.entries.find("texts.files");
  if (entry == layer.entries.end()) return findings;
  const auto& files = std::get<Value::List>(entry->second.value.data);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string path = field(files[i], "file");
    if (!seen.insert(path).second) continue;
    base::Reason wrong = wrong_text(path, field(files[i], "sha256"), read);
    if (wrong.code.empty()) continue;
    findings.push_back({Finding::Severity::kError, "/texts/files/value/" + std::to_string(i),
                        entry->second.position, std::move(wrong), ""});
  }
  return findings;
}

}  // namespace dure::policy

#include "policy/layer.h"

#include <sodium.h>

#include <array>

#include "policy/pack.h"
#include "policy/read_layer.h"

namespace dure::policy {
namespace {

// Values that the author should look at again.
void warn(const Layer& layer, Findings& findings) {
  for (const auto& [key, entry] : layer.entries) {
    if (entry.confidence != Confidence::kUnverified) continue;
    findings.push_back(
        {Finding::Severity::kWarning, key_pointer(key), entry.position,
         base::Reason("policy.value_unverified").with("key", key).with("source", entry.source)});
  }
}

// Findings of merging the layer over those below it; a file is named where it is another one.
void check_merged(const Layer& layer, std::vector<Layer> layers, Findings& findings) {
  layers.push_back(layer);
  for (Finding& finding : findings_of_merge(layers)) {
    if (finding.file == layer.name) finding.file.clear();
    findings.push_back(std::move(finding));
  }
}

}  // namespace

base::Result<Layer> parse_layer(std::string_view text, std::string_view name) {
  YamlRead yaml = read_yaml(text);
  if (has_error(yaml.findings)) return refusal("policy.file_refused", name, yaml.findings);
  Findings findings;
  Layer layer = read_layer(yaml.root, name, findings);
  if (has_error(findings)) return refusal("policy.file_refused", name, findings);
  return layer;
}

std::vector<Finding> check(std::string_view text, std::string_view name, const std::vector<Layer>& below) {
  YamlRead yaml = read_yaml(text);
  if (has_error(yaml.findings)) return yaml.findings;
  Findings findings;
  const Layer layer = read_layer(yaml.root, name, findings);
  if (has_error(findings)) return findings;
  if (!below.empty()) check_merged(layer, below, findings);
  warn(layer, findings);
  return findings;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

}  // namespace dure::policy

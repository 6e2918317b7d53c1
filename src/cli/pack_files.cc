#include "cli/pack_files.h"

#include <filesystem>
#include <optional>

#include "cli/verbs.h"
#include "commands/base_layers.h"
#include "policy/pack_texts.h"

namespace dure::cli {

base::Result<std::vector<policy::Layer>> read_layers(const std::vector<std::string>& files) {
  std::vector<policy::Layer> layers;
  for (const auto& file : files) {
    DURE_LET(text, read_file(file));
    DURE_LET(layer, policy::parse_layer(text, file));
    layers.push_back(std::move(layer));
  }
  return layers;
}

base::Result<policy::Pack> pack_of(const std::vector<policy::Layer>& own) {
  DURE_LET(layers, commands::read_base_layers());
  layers.insert(layers.end(), own.begin(), own.end());
  return policy::merge(layers);
}

base::Result<policy::Pack> read_pack(const std::vector<std::string>& files) {
  DURE_LET(layers, read_layers(files));
  return pack_of(layers);
}

std::vector<policy::Finding> check_texts_beside(const policy::Layer& layer, const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  return policy::check_texts(layer, [&](const std::string& name) -> std::optional<std::string> {
    auto text = read_file(folder / name);
    if (!text) return std::nullopt;
    return std::move(*text);
  });
}

}  // namespace dure::cli

#include "node/context_file.h"

#include <filesystem>

#include "model/ranges.h"
#include "node/state_folder.h"
#include "wire/json_impl.h"

namespace dure::node {

namespace {

constexpr std::int64_t kVersion = 1;

struct ContextFigure {
  std::string product;
  std::string model;
  std::string driver;
  base::Bytes context;
};
struct ContextFile {
  std::int64_t version = 0;
  std::vector<ContextFigure> contexts;
};

}  // namespace

}  // namespace dure::node

namespace dure::model {

DURE_VALUE_FIELDS(node::ContextFigure, field("product", &node::ContextFigure::product),
                  field("model", &node::ContextFigure::model), field("driver", &node::ContextFigure::driver),
                  field("context_bytes", &node::ContextFigure::context, Range{1 << 20, 1LL << 36}));
DURE_VALUE_FIELDS(node::ContextFile,
                  field("version", &node::ContextFile::version, Range{node::kVersion, node::kVersion}),
                  field("contexts", &node::ContextFile::contexts));

}  // namespace dure::model

namespace dure::node {

namespace {

base::Result<ContextFile> read_contexts(const std::string& path) {
  DURE_LET(text, read_file(path));
  wire::In whole;
  whole.allow_missing = false;
  DURE_LET(file, wire::read_json<ContextFile>(text, whole));
  DURE_TRY(model::check_ranges(file));
  return file;
}

}  // namespace

gpu::ContextTable load_contexts(const std::string& path, const Log& log) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return {};
  const auto file = read_contexts(path);
  if (!file.ok()) {
    log(Severity::kWarning,
        "contexts: " + path + " is not understood, so that what one takes is measured anew");
    return {};
  }
  gpu::ContextTable contexts;
  for (const ContextFigure& each : file->contexts)
    contexts[{each.product, each.model, each.driver}] = static_cast<std::uint64_t>(each.context.value);
  return contexts;
}

base::Status save_contexts(const std::string& path, const gpu::ContextTable& contexts) {
  ContextFile file = {kVersion, {}};
  for (const auto& [kind, bytes] : contexts)
    file.contexts.push_back({kind.product, kind.model, kind.driver, {static_cast<std::int64_t>(bytes)}});
  return write_file(path, wire::json_text(file) + "\n");
}

}  // namespace dure::node

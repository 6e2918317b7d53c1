#include "adapters/podman/images.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "adapters/podman/child.h"
#include "adapters/podman/json.h"
#include "adapters/podman/status.h"
#include "adapters/podman/text_file.h"

namespace dure::podman {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Reason;
using base::Span;

namespace {

constexpr Span kLoad = Span::minutes(10);

base::Result<std::vector<NamedImage>> stored(Calls& calls) {
  DURE_LET(answer, calls.send("GET", "/images/json", "", Span::seconds(30)));
  if (answer.status != 200) {
    return base::error(ErrorKind::kUnavailable,
                       Reason("engine.unavailable").with("why", failure_text(answer.body)));
  }
  return parse_image_names(answer.body);
}

bool has(const std::vector<NamedImage>& images, const Archive& archive) {
  return std::any_of(images.begin(), images.end(), [&](const NamedImage& image) {
    return image.id == archive.id && image.reference == archive.reference;
  });
}

base::Status load(const Archive& archive, const Folders& folders, const Machine& machine) {
  const Command command{
      {machine.podman, "load", "--quiet", "--input", archive.path}, environment(folders), folders.log(), ""};
  DURE_LET(code, run_child(command, kLoad));
  if (code == 0) return {};
  return base::error(ErrorKind::kUnavailable, Reason("engine.image_unreadable").with("file", archive.path));
}

}  // namespace

std::vector<Archive> find_archives(const std::string& folder) {
  std::vector<Archive> archives;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.path().extension() != ".json") continue;
    fs::path file = entry.path();
    file.replace_extension(".tar");
    const auto value = parse_json(read_text(entry.path()));
    if (!value || !fs::exists(file, failure)) continue;
    Archive archive{file.string(), text_of(*value, "reference"), text_of(*value, "id")};
    if (!archive.reference.empty() && !archive.id.empty()) archives.push_back(std::move(archive));
  }
  std::sort(archives.begin(), archives.end(),
            [](const Archive& a, const Archive& b) { return a.path < b.path; });
  return archives;
}

base::Status load_missing(Calls& calls, const Folders& folders, const Machine& machine) {
  const std::vector<Archive> archives = find_archives(folders.images);
  if (archives.empty()) return {};
  DURE_LET(images, stored(calls));
  for (const Archive& archive : archives) {
    if (!has(images, archive)) DURE_TRY(load(archive, folders, machine));
  }
  return {};
}

}  // namespace dure::podman

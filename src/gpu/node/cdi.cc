#include "gpu/node/cdi.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "gpu/node/unusable.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = "dure.internal-share_";
constexpr char kSuffix[] = ".json";

std::string path_of(const std::string& folder, const std::string& replica_id) {
  return folder + "/" + kPrefix + replica_id + kSuffix;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

// "[\n item,\n item\n ]" of what `render` makes of each.
template <class Items, class Render>
std::string list(const Items& items, Render render) {
  std::string text = "[";
  const char* before = "\n        ";
  for (const auto& item : items) {
    text += before + render(item);
    before = ",\n        ";
  }
  return text + "]";
}

std::string mount_text(const ports::Mount& mount) {
  return R"({"hostPath": )" + quoted(mount.source) + R"(, "containerPath": )" + quoted(mount.target) +
         R"(, "options": ["rbind", ")" + (mount.read_only ? "ro" : "rw") +
         R"(", "nosuid", "nodev", "rprivate"]})";
}

}  // namespace

std::string cdi_spec(const ShareDescription& share) {
  const auto variable = [](const auto& entry) { return quoted(entry.first + "=" + entry.second); };
  const auto node = [](const std::string& path) { return R"({"path": )" + quoted(path) + "}"; };
  std::string text = "{\n  \"cdiVersion\": \"0.5.0\",\n  \"kind\": " + quoted(kCdiKind) +
                     ",\n  \"devices\": [\n    {\n      \"name\": " + quoted(share.replica_id) +
                     ",\n      \"containerEdits\": {\n      \"env\": " + list(share.environment, variable);
  if (!share.device_nodes.empty()) text += ",\n      \"deviceNodes\": " + list(share.device_nodes, node);
  if (!share.mounts.empty()) text += ",\n      \"mounts\": " + list(share.mounts, mount_text);
  return text + "\n      }\n    }\n  ]\n}\n";
}

base::Status write_cdi(const std::string& folder, const ShareDescription& share) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  const std::string path = path_of(folder, share.replica_id);
  const std::string fresh =
      folder + "/." + kPrefix + share.replica_id + ".new";  // no ".json": nobody reads it
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << cdi_spec(share);
    file.close();
    if (!file) return unusable(path, "it cannot be written");
  }
  fs::rename(fresh, path, failure);
  return failure ? base::Status(unusable(path, failure.message())) : base::Status();
}

void remove_cdi(const std::string& folder, const std::string& replica_id) {
  std::error_code ignored;
  fs::remove(path_of(folder, replica_id), ignored);
}

void keep_cdi(const std::string& folder, const std::set<std::string>& kept) {
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::string name = entry->path().filename();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    name = name.substr(std::strlen(kPrefix), name.size() - std::strlen(kPrefix) - std::strlen(kSuffix));
    if (!kept.contains(name)) remove_cdi(folder, name);
  }
}

}  // namespace dure::gpu

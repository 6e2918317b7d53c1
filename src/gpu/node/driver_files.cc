#include "gpu/node/driver_files.h"

#include <algorithm>
#include <filesystem>

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;

#if defined(__aarch64__)
constexpr char kMultiarch[] = "/usr/lib/aarch64-linux-gnu";
#else
constexpr char kMultiarch[] = "/usr/lib/x86_64-linux-gnu";
#endif

constexpr const char* kCompanions[] = {"libnvidia-ptxjitcompiler.so.", "libnvidia-nvvm.so.",
                                       "libnvidia-nvvm70.so.", "libnvidia-gpucomp.so.",
                                       "libnvidia-allocator.so."};

bool is_companion(const std::string& name) {
  return std::ranges::any_of(kCompanions, [&](const char* each) { return name.starts_with(each); });
}

base::Error missing(const std::string& file, const std::string& folder) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("card.share_files_missing").with("file", file).with("folder", folder));
}

base::Result<std::string> find_file(const std::string& folder, const char* name) {
  std::error_code failure;
  const fs::path real = fs::canonical(fs::path(folder) / name, failure);
  if (failure || !fs::is_regular_file(real, failure)) return missing(name, folder);
  return real.string();
}

bool has(const std::vector<DriverFile>& files, const char* name) {
  return std::ranges::any_of(files, [&](const DriverFile& file) { return file.name == name; });
}

std::vector<std::string> usual_folders() {
  auto folders = loader_folders();
  for (const char* more : {"/usr/lib", "/run/nvidia/driver/usr/lib/x86_64-linux-gnu", "/usr/lib/wsl/lib"})
    folders.emplace_back(more);
  return folders;
}

std::string folder_with_driver(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  const auto usual = usual_folders();
  for (const std::string& folder : usual)
    if (find_file(folder, "libcuda.so.1").ok()) return folder;
  return usual.front();
}

void collect(const std::string& folder, DriverFiles& files) {
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename();
    auto* const kind = name.starts_with("libcuda.so.")        ? &files.cuda
                       : name.starts_with("libnvidia-ml.so.") ? &files.nvml
                       : is_companion(name)                   ? &files.companions
                                                              : nullptr;
    if (kind == nullptr) continue;
    if (const auto path = find_file(folder, name.c_str()); path.ok()) kind->push_back({name, *path});
  }
  for (auto* kind : {&files.cuda, &files.nvml, &files.companions})
    std::ranges::sort(*kind, {}, &DriverFile::name);
}

}  // namespace

std::vector<std::string> loader_folders() {
  return {kMultiarch, "/usr/lib64"};
}

base::Result<DriverFiles> find_driver_files(const std::string& driver_folder,
                                            const std::string& library_folder) {
  DriverFiles files;
  DURE_LET(cuda, find_file(library_folder, "libdure-cuda.so"));
  DURE_LET(nvml, find_file(library_folder, "libdure-nvml.so"));
  files.share_cuda = cuda;
  files.share_nvml = nvml;
  const std::string folder = folder_with_driver(driver_folder);
  collect(folder, files);
  if (!has(files.cuda, "libcuda.so.1")) return missing("libcuda.so.1", folder);
  if (!has(files.nvml, "libnvidia-ml.so.1")) return missing("libnvidia-ml.so.1", folder);
  return files;
}

}  // namespace dure::gpu

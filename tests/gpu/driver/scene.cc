#include "gpu/driver/scene.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dure::gpu::share {
namespace {

std::string make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dure-driver-XXXXXX").string();
  return mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void redirect(int number, const std::string& path) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file >= 0) dup2(file, number);
}

}  // namespace

Ended run_program(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const std::string folder = make_folder();
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    redirect(STDOUT_FILENO, folder + "/out");
    redirect(STDERR_FILENO, folder + "/err");
    for (const std::string& variable : environment) putenv(const_cast<char*>(variable.c_str()));
    execvp(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Ended ended{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder + "/out"),
              read_file(folder + "/err")};
  std::filesystem::remove_all(folder);
  return ended;
}

Scene::Scene() : folder_(make_folder()) {
  std::filesystem::create_directories(run_folder() + "/driver");
  std::filesystem::create_directories(library_folder());
}

Scene::~Scene() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Scene::put_driver(const std::string& file, const std::string& name) {
  std::filesystem::create_symlink(file, run_folder() + "/driver/" + name);
}

void Scene::put_library(const std::string& file, const std::string& name) {
  std::filesystem::create_symlink(file, library_folder() + "/" + name);
}

std::string Scene::write(const std::string& name, const std::string& text) {
  std::string path = folder_ + "/" + name;
  std::ofstream(path) << text;
  return path;
}

Ended Scene::run(const std::vector<std::string>& command, const std::vector<std::string>& environment) const {
  std::vector<std::string> all = environment;
  all.push_back("DURE_GPU_RUN=" + run_folder());
  all.push_back("LD_LIBRARY_PATH=" + library_folder());
  return run_program(command, all);
}

}  // namespace dure::gpu::share

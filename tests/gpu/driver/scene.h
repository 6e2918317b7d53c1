// The surroundings of a container on this machine: a folder with what is /run/dure there and one with the
// libraries that its programs find. Removed with it.
#ifndef DURE_TESTS_GPU_DRIVER_SCENE_H
#define DURE_TESTS_GPU_DRIVER_SCENE_H

#include <string>
#include <vector>

namespace dure::gpu::share {

struct Ended {
  int code = -1;  // of exit; 128 and the signal where it was killed
  std::string out;
  std::string err;
};

class Scene {
 public:
  Scene();
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::string run_folder() const { return folder_ + "/run"; }      // in the place of /run/dure
  std::string library_folder() const { return folder_ + "/lib"; }  // on the programs' search path

  // `file` is found as `name` ("driver/libcuda.so.1" below run_folder(), "libcuda.so.1" below
  // library_folder()).
  void put_driver(const std::string& file, const std::string& name = "libcuda.so.1");
  void put_library(const std::string& file, const std::string& name = "libcuda.so.1");
  // A file with this text.
  std::string write(const std::string& name, const std::string& text);

  // Runs a program in these surroundings, with further variables of its environment ("NAME=value").
  Ended run(const std::vector<std::string>& command, const std::vector<std::string>& environment = {}) const;

 private:
  std::string folder_;
};

// What a program of this machine prints.
Ended run_program(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});

}  // namespace dure::gpu::share

#endif

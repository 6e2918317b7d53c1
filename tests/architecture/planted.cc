// What no pure folder may call, once each: linked into nothing, looked into by architecture_test.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

namespace dure::planted {

const char* environment(const char* name) {
  return ::getenv(name);
}

long clocks(const time_t* at) {
  return ::localtime(at)->tm_hour + ::clock() + ::time(nullptr) +
         std::chrono::system_clock::now().time_since_epoch().count();
}

long files(const char* path, char* into) {
  struct stat info {};
  const int file = ::open(path, O_RDONLY);
  std::ifstream stream(path);
  return ::stat(path, &info) + ::read(file, into, 1) +
         static_cast<long>(std::fread(into, 1, 1, std::fopen(path, "r"))) +
         (::mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED) + std::filesystem::exists(path) +
         stream.get();
}

void output(int number) {
  std::printf("%d", number);
  std::cout << number;
}

bool processes(const char* command) {
  return ::popen(command, "r") != nullptr && ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

unsigned randomness(char* into) {
  return static_cast<unsigned>(::rand()) + std::random_device()() +
         static_cast<unsigned>(::getrandom(into, 1, 0));
}

void threads(std::mutex& mutex, std::condition_variable& woken) {
  std::unique_lock lock(mutex);
  woken.wait(lock);
  std::thread([] {}).detach();
}

}  // namespace dure::planted

// Memory that several processes have: IPC handles, descriptors of virtual memory; and what is refused.
#include <csignal>
#include <string>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

// Two ends of a pipe.
struct Pipe {
  int end[2] = {-1, -1};
  Pipe() { EXPECT_EQ(pipe(end), 0); }
  template <class Value>
  void put(const Value& value) const {
    EXPECT_EQ(write(end[1], &value, sizeof value), static_cast<ssize_t>(sizeof value));
  }
  template <class Value>
  Value take() const {
    Value value = {};
    EXPECT_EQ(read(end[0], &value, sizeof value), static_cast<ssize_t>(sizeof value));
    return value;
  }
};

// Memory opened by an IPC handle was charged to nobody, and outlives its exporter.
TEST(MemoryRegression, IpcOpenCharged) {
  Container container(64 * kMiB);
  const Pipe handles, done;
  const pid_t exporter = container.start([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 24 * kMiB), CUDA_SUCCESS);
    CUipcMemHandle handle = {};
    EXPECT_EQ(program.call("cuIpcGetMemHandle", &handle, address), CUDA_SUCCESS);
    handles.put(handle);
    pause();
  });
  const auto handle = handles.take<CUipcMemHandle>();
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr one = 0, two = 0, other = 0;
    EXPECT_EQ(program.call("cuIpcOpenMemHandle_v2", &one, handle, 1u), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 48 * kMiB);
    EXPECT_EQ(program.call("cuIpcOpenMemHandle_v2", &two, handle, 1u), CUDA_SUCCESS);
    EXPECT_EQ(one, two);
    EXPECT_EQ(container.booked(), 48 * kMiB);
    kill(exporter, SIGKILL);
    // Dead it is found to be when room is needed: its locks are gone then.
    for (int i = 0; i < 1000 && program.real().used > 24 * kMiB; ++i) usleep(1000);
    usleep(20000);
    // The exporter's own is free, what is open here is not.
    EXPECT_EQ(program.allocate(&other, 41 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.allocate(&other, 40 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 64 * kMiB);
    EXPECT_EQ(program.call("cuIpcCloseMemHandle", one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 64 * kMiB);
    EXPECT_EQ(program.call("cuIpcCloseMemHandle", one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.call("cuIpcCloseMemHandle", one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(program.free(other), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
  int status = 0;
  waitpid(exporter, &status, 0);
  EXPECT_EQ(container.booked(), 0u);
}

// Where there is no room to open it, it is closed again.
TEST(Memory, WhatDoesNotFitIsNotOpened) {
  Container container(64 * kMiB);
  const Pipe handles;
  const pid_t exporter = container.start([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 40 * kMiB), CUDA_SUCCESS);
    CUipcMemHandle handle = {};
    EXPECT_EQ(program.call("cuIpcGetMemHandle", &handle, address), CUDA_SUCCESS);
    handles.put(handle);
    pause();
  });
  const auto handle = handles.take<CUipcMemHandle>();
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 7;
    EXPECT_EQ(program.call("cuIpcOpenMemHandle_v2", &address, handle, 1u), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(address, 0u);
    EXPECT_EQ(container.booked(), 40 * kMiB);
  });
  kill(exporter, SIGKILL);
  int status = 0;
  waitpid(exporter, &status, 0);
}

// A descriptor keeps the memory: made, exported and released, it is not free.
TEST(MemoryRegression, ExportedMemoryCharged) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemAllocationProp properties = {};
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
    properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    CUmemGenericAllocationHandle handle = 0;
    int file = -1;
    CUdeviceptr other = 0;
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(program.call("cuMemCreate", &handle, std::size_t{40 * kMiB}, &properties, 0ULL),
                CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemExportToShareableHandle", static_cast<void*>(&file), handle, 1, 0ULL),
                CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemRelease", handle), CUDA_SUCCESS);
      EXPECT_EQ(program.real().used, 40 * kMiB);
      EXPECT_EQ(container.booked(), 40 * kMiB);
      EXPECT_EQ(program.allocate(&other, 25 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
      close(file);
      EXPECT_EQ(program.allocate(&other, 26 * kMiB), CUDA_SUCCESS) << "the descriptor is closed";
      EXPECT_EQ(container.booked(), 26 * kMiB);
      EXPECT_EQ(program.free(other), CUDA_SUCCESS);
    }
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

// What other interfaces allocated comes in by none of these.
TEST(MemoryRegression, ExternalMemoryRefused) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUexternalMemory memory = nullptr;
    CUDA_EXTERNAL_MEMORY_HANDLE_DESC of = {};
    of.type = 1;
    of.size = kMiB;
    of.handle.fd = dup(2);
    EXPECT_EQ(program.call("cuImportExternalMemory", &memory, &of), CUDA_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(memory, nullptr);
    close(of.handle.fd);
    void* none = nullptr;
    EXPECT_EQ(program.call("cuGraphicsMapResources", 1u, none, none), CUDA_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(program.call("cuGraphicsGLRegisterBuffer", none, 1u, 0u), CUDA_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(program.call("cuMemPoolImportFromShareableHandle", none, none, 1, 0ULL),
              CUDA_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(program.call("cuMemPoolImportPointer", none, none, none), CUDA_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(program.call("cuLogicalEndpointCreate", none, none), CUDA_ERROR_NOT_SUPPORTED);
    // By cuGetProcAddress too.
    void* found = nullptr;
    EXPECT_EQ(program.call("cuGetProcAddress_v2", "cuImportExternalMemory", &found, 13000, cuuint64_t{0},
                           static_cast<int*>(nullptr)),
              CUDA_SUCCESS);
    EXPECT_EQ(found, dlsym(program.cuda, "cuImportExternalMemory"));
  });
}

}  // namespace
}  // namespace dure::gpu::share

// A program of a container with musl: opens the library by its path, and calls. Exit 0: the call came
// through.
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  void* handle = dlopen(argc > 1 ? argv[1] : "libcuda.so.1", RTLD_NOW);
  if (handle == NULL) {
    fprintf(stderr, "client: %s\n", dlerror());
    return 1;
  }
  int (*init)(unsigned) = (int (*)(unsigned))dlsym(handle, "cuInit");
  if (init == NULL) return 2;
  const int result = init(0);
  printf("%d\n", result);
  return result == 0 ? 0 : 3;
}

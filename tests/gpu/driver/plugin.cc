// A plug-in that is linked with libcuda.so.1, for DeepBind.
extern "C" int cuInit(unsigned flags);
extern "C" void* plugin_init() {
  return reinterpret_cast<void*>(&cuInit);
}
extern "C" int plugin_call() {
  return cuInit(0);
}

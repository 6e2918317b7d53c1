// The child that measures a context, as dure-node's main is one: for context_test.cc.
#include "gpu/node/context_probe.h"

int main(int argc, char** argv) {
  return dure::gpu::run_context_probe(argc, argv).value_or(2);
}

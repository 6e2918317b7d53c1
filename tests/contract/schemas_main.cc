// contract_schemas: writes the generated parts of api/openapi.yaml anew, in place.
#include <fstream>
#include <iostream>
#include <iterator>

#include "contract/schemas.h"

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "api/openapi.yaml";
  std::ifstream in(path);
  const std::string text = dure::contract::renew({std::istreambuf_iterator<char>(in), {}});
  if (text.empty()) {
    std::cerr << path << " has no marker line\n";
    return 1;
  }
  std::ofstream(path) << text;
  return 0;
}

// contract_schemas: writes the generated part of api/openapi.yaml anew, in place.
#include <fstream>
#include <iostream>
#include <iterator>

#include "contract/schemas.h"

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "api/openapi.yaml";
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto marker = text.find(dure::contract::kMarker);
  if (marker == std::string::npos) {
    std::cerr << path << " has no marker line\n";
    return 1;
  }
  text.resize(marker);
  std::ofstream(path) << text << dure::contract::kMarker << dure::contract::schemas_yaml();
  return 0;
}

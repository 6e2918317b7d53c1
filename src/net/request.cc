#include "net/request.h"

namespace dure::net {

const std::string* Request::parameter(std::string_view name) const {
  for (const Field& pair : query)
    if (pair.name == name) return &pair.value;
  return nullptr;
}

}  // namespace dure::net

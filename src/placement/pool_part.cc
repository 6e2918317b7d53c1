#include "placement/pool_part.h"

namespace dure::placement {

std::string pool_of_part(const std::string& pool, const std::string& part) {
  return pool + kPartMark + part;
}

std::string_view part_of(std::string_view pool) {
  const auto mark = pool.find(kPartMark);
  return mark == std::string_view::npos ? std::string_view{} : pool.substr(mark + 1);
}

std::string_view whole_pool(std::string_view pool) {
  return pool.substr(0, pool.find(kPartMark));
}

bool asks_any_pool(std::string_view asked) {
  return asked.empty() || asked.front() == kPartMark;
}

bool pool_will_do(std::string_view asked, std::string_view pool) {
  return asks_any_pool(asked) ? part_of(asked) == part_of(pool) : asked == pool;
}

}  // namespace dure::placement

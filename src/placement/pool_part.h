// Parts of a pool: nodes of a pool that are kept for somebody have a pool of their own, "gpu-server@vision":
// that part of gpu-server which is vision's. No pool has an '@' in its own name.
//
// What is asked for is a pool ("gpu-server": of its nodes those that are nobody's), a part of one, or all
// nodes of one part: "" those that are nobody's, "@vision" all of vision's, whatever their pool.
#pragma once

#include <string>
#include <string_view>

namespace dure::placement {

inline constexpr char kPartMark = '@';

// The name of the part of that pool; pool "": all of the part.
std::string pool_of_part(const std::string& pool, const std::string& part);
// Whose the pool's nodes are; "": nobody's.
std::string_view part_of(std::string_view pool);
// The pool that it is a part of, or is.
std::string_view whole_pool(std::string_view pool);
// True where any pool of one part will do.
bool asks_any_pool(std::string_view asked);
// True where who asks so may come to a node of that pool.
bool pool_will_do(std::string_view asked, std::string_view pool);

}  // namespace dure::placement

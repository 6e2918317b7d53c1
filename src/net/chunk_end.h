// Inside net/: how Beast is fed the end of a chunked body.
#pragma once

#include <cstddef>

namespace dure::net {

// An unfinished chunked body always has at least its last chunk ahead, "0\r\n\r\n", which Beast takes in one
// piece; offered fewer bytes of it, Beast 1.81 trips over an assertion of its own.
inline constexpr std::size_t kShortestChunkEnd = 5;

}  // namespace dure::net

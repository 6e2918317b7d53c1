// The bodies of wire/json.h's templates, for types of one's own (a route's request, a test's struct): include
// this, and give the type a field table. The codec itself is compiled once, in this library, over Shapes.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "wire/json.h"
#include "wire/shape.h"

namespace dure::wire {

// The codec over shapes. `value` points to a value of the shape's type.
void write_shape(std::string& text, const Shape& shape, const void* value, Out out);
boost::json::value shape_to_json(const Shape& shape, const void* value, Out out);
// Writes into `value`, which is fresh; on failure it is left half-written.
base::Status read_shape(const Shape& shape, void* value, const boost::json::value& source, const In& in);

template <class T>
void write_json(std::string& text, const T& value, Out out) {
  write_shape(text, kShape<T>, &value, out);
}

template <class T>
boost::json::value to_json(const T& value, Out out) {
  return shape_to_json(kShape<T>, &value, out);
}

template <class T>
base::Result<T> from_json(const boost::json::value& source, const In& in) {
  T value{};
  DURE_TRY(read_shape(kShape<T>, &value, source, in));
  return value;
}

template <class T>
base::Result<T> read_json(std::string_view text, const In& in, Limits limits) {
  DURE_LET(tree, parse(text, limits));
  return from_json<T>(tree, in);
}

}  // namespace dure::wire

// Instantiates the codec for one type; in a .cc file, in namespace dure::wire.
#define DURE_WIRE_INSTANTIATE(...)                                                                 \
  template void write_json<__VA_ARGS__>(std::string&, const __VA_ARGS__&, Out);                    \
  template boost::json::value to_json<__VA_ARGS__>(const __VA_ARGS__&, Out);                       \
  template base::Result<__VA_ARGS__> from_json<__VA_ARGS__>(const boost::json::value&, const In&); \
  template base::Result<__VA_ARGS__> read_json<__VA_ARGS__>(std::string_view, const In&, Limits)
#define DURE_WIRE_INSTANTIATE_NOUN(Noun) \
  DURE_WIRE_INSTANTIATE(Noun);           \
  DURE_WIRE_INSTANTIATE(std::vector<Noun>)

// Short ways to write layers in tests.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "policy/pack.h"

namespace dure::policy {

using Words = std::vector<std::string>;
using Faults = std::set<std::string>;  // "pointer code" of each detail

inline std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path << ": run from the source folder's root";
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline Layer layer_at(const std::string& path) {
  const auto layer = parse_layer(read_text(path), path);
  EXPECT_TRUE(layer.ok()) << path;
  return layer.ok() ? *layer : Layer{};
}

// The head of a layer of that kind; sections follow.
inline std::string head(const std::string& kind, const std::string& id = "test") {
  return "format: dure-policy/1\nlayer: " + kind + "\nid: " + id + "\nversion: \"1\"\n";
}

// "{value: VALUE, source: S, confidence: chosen}"
inline std::string sourced(const std::string& value, const std::string& source = "test") {
  return "{value: " + value + ", source: " + source + ", confidence: chosen}";
}

inline Layer layer_of(const std::string& text) {
  const auto layer = parse_layer(text, "test.yaml");
  EXPECT_TRUE(layer.ok()) << text;
  return layer.ok() ? *layer : Layer{};
}

// "pointer code" of each detail.
inline std::set<std::string> faults(const base::Error& error) {
  std::set<std::string> found;
  for (const base::Detail& detail : error.details) found.insert(detail.pointer + " " + detail.reason.code);
  return found;
}

inline std::set<std::string> faults_of(const std::string& text) {
  const auto layer = parse_layer(text, "test.yaml");
  return layer.ok() ? std::set<std::string>{} : faults(layer.failure());
}

inline std::string parameter(const base::Reason& reason, const std::string& name) {
  const base::ReasonValue* value = reason.find(name);
  if (value == nullptr) return "(none)";
  const auto* text = std::get_if<std::string>(value);
  return text != nullptr ? *text : std::to_string(std::get<std::int64_t>(*value));
}

}  // namespace dure::policy

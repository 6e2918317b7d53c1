#include "gpu/fake/nvml_session.h"

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace dure::gpu::fake {
namespace {

std::uint64_t monotonic() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string configuration() {
  std::string text = environment("FAKE_CUDA_CONFIG");
  if (text.empty() || text.find('=') != std::string::npos) return text;
  std::stringstream content;
  content << std::ifstream(text).rdbuf();
  return content.str();
}

}  // namespace

Session& Session::get() {
  static Session* const session = new Session;  // never destroyed
  return *session;
}

nvmlReturn_t Session::begin() {
  if (opened_++ > 0) return NVML_SUCCESS;
  state_ = State::open(environment("FAKE_CUDA_STATE"), configuration(), false, monotonic());
  if (state_ == nullptr) {
    opened_ = 0;
    return NVML_ERROR_DRIVER_NOT_LOADED;
  }
  const auto& devices = state_->config().devices;
  units_.clear();
  cards_ = static_cast<std::size_t>(state_->config().cards);
  for (std::size_t i = 0; i < cards_; ++i) units_.push_back({.card = static_cast<int>(i), .devices = {}});
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const int device = static_cast<int>(i);
    units_[static_cast<std::size_t>(devices[i].card)].devices.push_back(device);
    if (devices[i].instance < 0) continue;
    units_.push_back({.card = devices[i].card, .instance = devices[i].instance, .devices = {device}});
  }
  return NVML_SUCCESS;
}

nvmlReturn_t Session::end() {
  if (opened_ == 0) return NVML_ERROR_UNINITIALIZED;
  if (--opened_ == 0) state_.reset();
  return NVML_SUCCESS;
}

Ticks Session::now() const {
  return ticks(monotonic() - state_->shared().epoch_ns);
}

std::uint64_t Session::microseconds(Ticks t) const {
  return (state_->shared().epoch_ns + floor_ns(t)) / 1000;
}

Unit* Session::card(unsigned index) {
  return index < cards_ ? &units_[index] : nullptr;
}

Unit* Session::instance(const Unit& card, unsigned index) {
  for (Unit& unit : units_) {
    if (unit.card == card.card && unit.instance == static_cast<int>(index)) return &unit;
  }
  return nullptr;
}

Unit* Session::find(nvmlDevice_t handle) {
  for (Unit& unit : units_) {
    if (reinterpret_cast<nvmlDevice_t>(&unit) == handle) return &unit;
  }
  return nullptr;
}

nvmlReturn_t copy_text(const std::string& text, char* out, unsigned length) {
  if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  if (length <= text.size()) return NVML_ERROR_INSUFFICIENT_SIZE;
  std::snprintf(out, length, "%s", text.c_str());
  return NVML_SUCCESS;
}

}  // namespace dure::gpu::fake

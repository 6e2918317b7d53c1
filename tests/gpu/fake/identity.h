// What the fake cards are called: names, UUIDs, addresses. The same in both libraries.
#pragma once

#include <array>
#include <string>

#include "gpu/fake/config.h"

namespace dure::gpu::fake {

// Of a card, or with instance >= 0 of that instance of it.
std::array<unsigned char, 16> uuid_bytes(int card, int instance);
// "GPU-…" or "MIG-…".
std::string uuid_text(int card, int instance);
int pci_bus(int card);
std::string pci_address(int card);       // "0000:41:00.0"
std::string pci_address_long(int card);  // "00000000:41:00.0"
std::string device_name(const Config& config, const DeviceConfig& device);

}  // namespace dure::gpu::fake

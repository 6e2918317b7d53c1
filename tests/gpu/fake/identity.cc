#include "gpu/fake/identity.h"

#include <cstdio>

namespace dure::gpu::fake {

std::array<unsigned char, 16> uuid_bytes(int card, int instance) {
  std::array<unsigned char, 16> bytes = {0xfa, 0xce, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0};
  bytes[14] = static_cast<unsigned char>(instance + 1);
  bytes[15] = static_cast<unsigned char>(card + 1);
  return bytes;
}

std::string uuid_text(int card, int instance) {
  std::string text = instance < 0 ? "GPU-" : "MIG-";
  int at = 0;
  for (const unsigned char byte : uuid_bytes(card, instance)) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x", byte);
    if (at == 4 || at == 6 || at == 8 || at == 10) text += '-';
    text += digits;
    ++at;
  }
  return text;
}

int pci_bus(int card) {
  return 0x41 + card;
}

std::string pci_address(int card) {
  char text[16];
  std::snprintf(text, sizeof(text), "0000:%02X:00.0", static_cast<unsigned>(pci_bus(card)) & 0xffu);
  return text;
}

std::string pci_address_long(int card) {
  return "0000" + pci_address(card);
}

std::string device_name(const Config& config, const DeviceConfig& device) {
  return device.instance < 0 ? config.name : config.name + " MIG " + device.profile;
}

}  // namespace dure::gpu::fake

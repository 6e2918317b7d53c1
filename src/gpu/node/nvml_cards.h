// NvmlCards: real cards, as NVIDIA's driver shows them.
//
// A GPU in MIG mode is not a card of its own: its instances are, each under its MIG UUID (requirement P3). A
// card that the driver does not answer for any more is reported as unhealthy where its UUID is known from
// before, so that a fault is seen rather than a smaller machine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "gpu/node/card_source.h"
#include "gpu/node/nvml_library.h"

namespace dure::gpu {

class NvmlCards : public CardSource {
 public:
  // `capabilities` is the folder where the driver says which device node opens a MIG instance.
  explicit NvmlCards(std::unique_ptr<NvmlLibrary> library,
                     std::string capabilities = "/proc/driver/nvidia/capabilities");

  // Errors: card.driver_failed {function, why} when not even the number of cards can be read.
  base::Result<std::vector<Card>> list() override;
  std::string describe() override;

 private:
  base::Result<Card> read_card(NvmlDevice device, std::int64_t index) const;
  base::Result<std::vector<Card>> read_gpu(unsigned index) const;
  base::Result<std::vector<Card>> read_instances(NvmlDevice gpu, const Card& parent) const;
  void add_instance_nodes(NvmlDevice instance, unsigned gpu_minor, Card& card) const;
  void keep_missing(std::vector<Card>& cards);

  std::unique_ptr<NvmlLibrary> library_;
  std::string capabilities_;
  std::vector<Card> last_;
};

// The cards of a machine whose driver may come later: installed, loaded or well again while this process
// runs. Until then each list() tries to open the library, at most once in `retry`, and answers with no cards.
class AwaitedNvmlCards : public CardSource {
 public:
  using Now = std::function<std::int64_t()>;  // monotonic, in microseconds
  AwaitedNvmlCards(std::string library, base::Span retry, Now now);

  base::Result<std::vector<Card>> list() override;
  std::string describe() override;
  // Why there are none yet; nothing once the library is open.
  const std::optional<base::Error>& missing() const { return missing_; }

 private:
  void try_to_open();

  const std::string library_;
  const base::Span retry_;
  const Now now_;
  std::optional<std::int64_t> tried_us_;
  std::optional<base::Error> missing_;
  std::unique_ptr<NvmlCards> cards_;
};

}  // namespace dure::gpu

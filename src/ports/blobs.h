// Files as encrypted blobs, one key per blob (decision 12). Thread-safe; calls block.
//
// put() writes a temporary file, syncs and renames it before it returns; the caller then commits the row. A
// blob whose row never came is an orphan: collect() removes those older than an hour that `known` does not
// list.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace dure::ports {

struct StoredBlob {
  std::string name;         // behind the port
  std::string wrapped_key;  // this blob's key, sealed by the centre's; losing it loses the blob
  std::string sha256;       // of the plain bytes, hex
};

class Blobs {
 public:
  virtual ~Blobs() = default;
  virtual base::Result<StoredBlob> put(std::string_view bytes) = 0;
  virtual base::Result<std::string> get(const std::string& name, const std::string& wrapped_key) = 0;
  virtual base::Status remove(const std::string& name) = 0;
  virtual base::Status collect(const std::function<bool(const std::string& name)>& known,
                               base::Instant now) = 0;
};

// What a file really is, by its content ("application/pdf"), never by its name.
class FileTypes {
 public:
  virtual ~FileTypes() = default;
  virtual base::Result<std::string> media_type(std::string_view bytes) = 0;
};

}  // namespace dure::ports

// Blobs as encrypted files: one folder, one file and one key per blob (decision 12).
//
// A file is "DUREBLOB1", then libsodium's secretstream (XChaCha20-Poly1305) of the bytes in pieces of 64 KiB:
// cut short, extended, reordered or changed files are refused ("blob.damaged"). The blob's key is wrapped
// with the master key and handed to the caller, who keeps it with the row; without it the file is noise, so
// that dropping it deletes the blob in every backup. Wrapped keys are bound to the blob's name: one does not
// open another's file.
//
// put(): temporary file, fsync, rename, fsync of the folder. A crash leaves at most a temporary file, which
// collect() removes like an orphan after an hour; plain text never touches the disk. Several processes may
// share the folder. Thread-safe; calls block.
//
// Errors: kNotFound "blob.not_found"; kInvalid "blob.damaged", "blob.key_wrong"; kTooLarge "blob.too_large"
// {size_bytes, max_bytes}; kUnavailable "blob.storage_failed" {operation, problem}.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "ports/blobs.h"

namespace dure::blobs {

struct FileBlobsOptions {
  std::string folder;                         // made with mode 0700 where it is not there
  std::array<std::uint8_t, 32> master_key{};  // from system/key_file.h; keep a copy of that file elsewhere
  std::int64_t max_bytes = 256LL << 20;
};

base::Result<std::unique_ptr<ports::Blobs>> open_file_blobs(const FileBlobsOptions& options);

}  // namespace dure::blobs

// What a file is, by its content (D3): libmagic for the outer form, and the parts inside for office formats.
//
// Known exactly: PDF, PNG, JPEG, HWP 5 (OLE with the "HWP Document File" signature), HWP 3, HWPX, DOCX, XLSX,
// PPTX, DOC, XLS, PPT; everything else as libmagic names it ("text/html", "application/x-pie-executable").
// A zip or OLE file without the parts of its format stays "application/zip" or "application/x-ole-storage".
// Zip files are looked at by their directory of names only, with bounded reading: nothing is unpacked but the
// small "mimetype" part, so that a zip bomb costs nothing. Names given by people are never looked at.
//
// Thread-safe (one libmagic handle under a lock). Errors: kUnavailable "blob.type_detection_unavailable".
#pragma once

#include <memory>

#include "base/result.h"
#include "ports/blobs.h"

namespace dure::blobs {

base::Result<std::unique_ptr<ports::FileTypes>> open_file_types();

// Media types by the extension that forms and policies name ("hwp" -> "application/x-hwp"); "" for others.
std::string media_type_of_extension(std::string_view extension);

}  // namespace dure::blobs

// Reading and writing pages that a container can cut off.
//
// `usage` is the container's to write, and who can write a file can truncate it; a program that then touches
// a mapped page that is no longer there gets SIGBUS. dure-node must not die of that.
#pragma once

#include <functional>

namespace dure::gpu {

// Calls `touch` on this thread. False where it came upon a page that is not there: it was left at that
// access, so it must hold nothing that needs a destructor or an unlock, and may only read and write memory
// and make calls of the kernel. Installs a handler for SIGBUS at the first call; a SIGBUS outside of `touch`
// ends the process as before. Where `missing` is given it is set to the address of the page that was not
// there. Threads: any, at the same time. Not nested.
bool touch_pages(const std::function<void()>& touch, const void** missing = nullptr);

}  // namespace dure::gpu

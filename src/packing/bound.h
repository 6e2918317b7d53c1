// Bound: what no packing of a list of shapes can give out more than; and how machines are filled to come
// close.
//
// A pattern is what one empty machine of a type holds. With x_p machines filled by pattern p, every packing
// is a solution of
//
//     most  Σ_p v_p x_p   where  Σ_p a_ip x_p <= d_i for each class i,  Σ_{p of t} x_p <= N_t for each type
//     t,  x >= 0
//
// (v_p: milli-GPU of the pattern, a_ip: pieces of class i in it, d_i: pieces asked for, N_t: machines). For
// any prices λ_i >= 0 no solution is worth more than
//
//     Σ_i d_i λ_i + Σ_t N_t W_t,    W_t: the most that a pattern of type t has of  Σ_i a_i (v_i - λ_i)
//
// since Σ v_p x_p = Σ_p (v_p - Σ_i a_ip λ_i) x_p + Σ_i λ_i Σ_p a_ip x_p, of which the first sum is at most
// Σ_t N_t W_t and the second at most Σ_i λ_i d_i. The bound is this number, with prices in whole 2^-20 of a
// milli-GPU, W_t by whole numbers from a table that never says too little (pattern.h, kBounds), and the
// result rounded up: it holds whoever found the prices. They are found by column generation (Gilmore and
// Gomory, 1961): the problem over the patterns that are known is solved as a linear program, its prices tell
// which pattern would better it, and so on.
#pragma once

#include <cstdint>
#include <vector>

#include "packing/problem.h"

namespace dure::packing {

// So many machines of a type, not whole, filled alike.
struct Filling {
  std::size_t type = 0;
  std::vector<std::size_t> pieces;  // classes
  double machines = 0;
};

struct Bound {
  std::int64_t milli_gpu = 0;
  std::vector<Filling> fillings;  // of the last linear program
};

struct Effort {
  std::int64_t rounds = 400;
  double close_enough = 1e-5;  // of the capacity, between bound and linear program
};

Bound bound_of(const Problem& problem, const Effort& effort = {});

}  // namespace dure::packing

// Records that several sections use.
#pragma once

#include "policy/codec.h"

namespace dure::policy {

template <>
struct Record<Text> {
  static void declare(Fields<Text>& f) {
    f.required("ko", &Text::ko, form(Form::kAny));
    f.add("en", &Text::en, form(Form::kAny));
  }
};

template <>
struct Record<Condition> {
  static void declare(Fields<Condition>& f) {
    f.required("is", &Condition::is);
    f.add("not", &Condition::negated);
    f.add("in", &Condition::in);
    f.add("of", &Condition::of);
    f.add("at_most", &Condition::at_most, number(0, 200));
    f.add("window_days", &Condition::window_days, number(1, 3660, "days"));
    f.add("below_bp", &Condition::below_bp, basis_points());
    f.add("on", &Condition::on);
  }
};

template <>
struct Record<Rule> {
  static void declare(Fields<Rule>& f) {
    f.required("id", &Rule::id, id());
    f.required("title", &Rule::title);
    f.required("all", &Rule::all);
    f.add("evidence", &Rule::evidence, id());
    f.add("source", &Rule::source);
  }
};

template <>
struct Record<Criterion> {
  static void declare(Fields<Criterion>& f) {
    f.required("id", &Criterion::id, id());
    f.required("title", &Criterion::title);
    f.required("max_points", &Criterion::max_points, number(0, 100'000, "points"));
    f.add("tie_order", &Criterion::tie_order, number(0, 100));
    f.add("items", &Criterion::items);
  }
};

}  // namespace dure::policy

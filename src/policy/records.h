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

// The fields that a plain condition and one that holds others have in common. A member of the base as one of
// T.
template <class T, class M>
M T::*of_plain(M PlainCondition::*member) {
  return member;
}
template <class T>
void declare_plain_condition(Fields<T>& f) {
  f.required("is", of_plain<T>(&PlainCondition::is));
  f.add("not", of_plain<T>(&PlainCondition::negated));
  f.add("in", of_plain<T>(&PlainCondition::in));
  f.add("of", of_plain<T>(&PlainCondition::of));
  f.add("at_most", of_plain<T>(&PlainCondition::at_most), number(0, 200));
  f.add("window_days", of_plain<T>(&PlainCondition::window_days), number(1, 3660, "days"));
  f.add("below_bp", of_plain<T>(&PlainCondition::below_bp), basis_points());
  f.add("on", of_plain<T>(&PlainCondition::on));
}

template <>
struct Record<PlainCondition> {
  static void declare(Fields<PlainCondition>& f) { declare_plain_condition(f); }
};

template <>
struct Record<Condition> {
  static void declare(Fields<Condition>& f) {
    declare_plain_condition(f);
    f.add("conditions", &Condition::conditions);
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

template <>
struct Record<Briefing> {
  static void declare(Fields<Briefing>& f) {
    f.required("id", &Briefing::id, id());
    f.required("title", &Briefing::title);
    f.required("on", &Briefing::on);
    f.add("at", &Briefing::at);
    f.add("place", &Briefing::place);
    f.add("source", &Briefing::source);
  }
};

}  // namespace dure::policy

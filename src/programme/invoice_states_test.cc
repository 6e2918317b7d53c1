// I8: the life of an invoice: payments, credit notes, days overdue, and what can never be.
#include "programme/invoice_states.h"
#include "programme/test_histories.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>

namespace dure::programme {
namespace {

using base::Date;
using S = model::InvoiceState;

model::Invoice issued(std::int64_t total, std::int64_t tax = 0) {
  model::Invoice invoice;
  invoice.total = {total};
  invoice.tax = {tax};
  return *issue(invoice, {2026, 7, 1}, Date{2026, 7, 31});
}

int lives() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 20'000 : 2'000;
}

TEST(InvoiceStates, I8_TheTableInTheDocumentsIsThisOne) {
  constexpr const char* kPath = "docs/invoice-states.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << invoice_transition_table();
  std::ifstream file(kPath);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), invoice_transition_table())
      << "DURE_WRITE_DOCS=1 build/bin/programme_test --gtest_filter='InvoiceStates.*'";
}

TEST(InvoiceStates, I8_PaidInTwoParts) {
  auto invoice = issued(1'000, 100);
  EXPECT_EQ(owed(invoice).won, 1'100);
  invoice = *pay(invoice, {400});
  EXPECT_EQ(invoice.state, S::kPartlyPaid);
  EXPECT_EQ(code_of(pay(invoice, {701})), "invoice.payment_over_owed");
  invoice = *pay(invoice, {700});
  EXPECT_EQ(invoice.state, S::kPaid);
  EXPECT_EQ(code_of(pay(invoice, {1})), "invoice.payment_over_owed");
  EXPECT_EQ(code_of(pay(invoice, {0})), "invoice.payment_zero");
}

TEST(InvoiceStates, I8_OverdueIsTheDayAfterTheDueDayAndOnlyWhileSomethingIsOwed) {
  auto invoice = issued(1'000);
  EXPECT_FALSE(is_overdue(invoice, {2026, 7, 31}));
  EXPECT_TRUE(is_overdue(invoice, {2026, 8, 1}));
  EXPECT_FALSE(is_overdue(issued(0), {2026, 8, 1}));
  EXPECT_FALSE(is_overdue(issued(-500), {2026, 8, 1})) << "a credit is owed by the centre";
  EXPECT_EQ(code_of(write_off(invoice)), "invoice.not_from_this_state");
  invoice = *pass_due(*pay(invoice, {1}));
  EXPECT_EQ(invoice.state, S::kOverdue);
  EXPECT_EQ(pay(invoice, {100})->state, S::kOverdue);
  EXPECT_EQ(pay(invoice, {999})->state, S::kPaid);
  EXPECT_EQ(write_off(invoice)->state, S::kWrittenOff);
  EXPECT_EQ(code_of(pay(*write_off(invoice), {1})), "invoice.not_from_this_state");
}

TEST(InvoiceStates, I8_CancelledOnlyByCreditNotesAndNeverByMoreThanTheInvoice) {
  auto invoice = issued(1'000);
  EXPECT_EQ(code_of(credit(invoice, {1'001})), "invoice.credit_over_invoice");
  invoice = *credit(invoice, {400});
  EXPECT_EQ(invoice.state, S::kIssued);
  EXPECT_EQ(owed(invoice).won, 600);
  EXPECT_EQ(code_of(credit(invoice, {601})), "invoice.credit_over_invoice");
  EXPECT_EQ(credit(invoice, {600})->state, S::kCancelled);
  EXPECT_EQ(credit(*pay(invoice, {500}), {100})->state, S::kPaid) << "what was left";
  EXPECT_EQ(code_of(credit(issued(-500), {1})), "invoice.credit_over_invoice");
}

TEST(InvoiceStates, I8_WhatWasPaidAndIsCreditedIsPaidBack) {
  auto invoice = *credit(*pay(issued(1'000), {1'000}), {1'000});
  EXPECT_EQ(invoice.state, S::kPaid);
  EXPECT_EQ(owed(invoice).won, -1'000);
  EXPECT_EQ(code_of(pay(invoice, {-1'001})), "invoice.payment_over_owed");
  invoice = *pay(invoice, {-400});
  EXPECT_EQ(owed(invoice).won, -600);
  EXPECT_EQ(pay(invoice, {-600})->state, S::kCancelled);
  EXPECT_EQ(pay(issued(-500), {-500})->state, S::kPaid) << "a bill of corrections";
}

TEST(InvoiceStates, I8_AWronglyRecordedPaymentIsTakenBackAndOwedAgain) {
  auto invoice = *pay(issued(1'000), {1'000});
  EXPECT_EQ(code_of(pay(invoice, {-1'001})), "invoice.payment_over_owed") << "more was never paid";
  EXPECT_EQ(pay(invoice, {-400})->state, S::kPartlyPaid);
  invoice = *pay(invoice, {-1'000});
  EXPECT_EQ(invoice.state, S::kIssued);
  EXPECT_EQ(owed(invoice).won, 1'000);
  EXPECT_EQ(code_of(pay(invoice, {-1})), "invoice.payment_over_owed");
  EXPECT_EQ(pay(invoice, {1'000})->state, S::kPaid);
  const auto late = *pass_due(*pay(issued(1'000), {300}));
  EXPECT_EQ(pay(late, {-300})->state, S::kOverdue);
  const auto refund = *pay(issued(-500), {-500});
  EXPECT_EQ(pay(refund, {500})->state, S::kIssued) << "a credit that was not paid out after all";
  EXPECT_EQ(code_of(pay(refund, {501})), "invoice.payment_over_owed");
}

TEST(InvoiceStates, I8_AnInvoiceOfNothingIsDueOnNoDay) {
  EXPECT_TRUE(issued(1).due_on);
  EXPECT_FALSE(issued(0).due_on);
  EXPECT_FALSE(issued(-500).due_on);
}

// Whatever happens in whatever order: the states are those of the table, and the money adds up.
TEST(InvoiceStates, Invariant12_RandomLivesAddUp) {
  std::mt19937_64 random(5);
  for (int life = 0; life < lives(); ++life) {
    auto invoice = issued(static_cast<std::int64_t>(random() % 2'000) - 300);
    std::int64_t paid = 0, credited = 0;
    for (int step = 0; step < 12; ++step) {
      const auto before = invoice;
      const auto amount = static_cast<std::int64_t>(random() % 2'000) - 800;
      const bool to_pay = random() % 2 == 0;
      base::Result<model::Invoice> after = invoice;
      if (to_pay)
        after = pay(invoice, {amount});
      else if (amount > 0)
        after = credit(invoice, {amount});
      else if (is_overdue(invoice, {2026, 8, 1}))
        after = pass_due(invoice);
      else
        after = write_off(invoice);
      if (!after.ok()) continue;
      paid += to_pay ? amount : 0;
      credited += !to_pay && amount > 0 ? amount : 0;
      invoice = *after;
      ASSERT_EQ(invoice.paid.won, paid);
      ASSERT_EQ(invoice.credited.won, credited);
      ASSERT_EQ(owed(invoice).won, invoice.total.won - paid - credited);
      ASSERT_LE(invoice.credited.won, std::max<std::int64_t>(0, payable(invoice).won));
      ASSERT_TRUE(invoice.state != S::kPaid || owed(invoice).won <= 0 || invoice.total.won < 0);
      const auto [least, most] = std::minmax({std::int64_t{0}, invoice.total.won});
      ASSERT_TRUE(least <= paid && paid <= most) << "never more, never less than nothing";
      ASSERT_TRUE(invoice.state != S::kIssued || paid == 0);
      ASSERT_TRUE(invoice.state != S::kCancelled || owed(invoice).won == 0);
      if (before.state == S::kWrittenOff || before.state == S::kCancelled) FAIL() << "nothing comes after";
    }
  }
}

}  // namespace
}  // namespace dure::programme

// All stored nouns with the names of their repositories, once: X(Noun, repository). In parts, as the
// compiler takes them (tables_*.cc).
#pragma once

#define DURE_SQL_CENTRE_NOUNS(X)       \
  X(Organisation, organisations)       \
  X(Person, people)                    \
  X(Account, accounts)                 \
  X(RoleGrant, role_grants)            \
  X(Session, sessions)                 \
  X(ApiToken, api_tokens)              \
  X(BlockedAddress, blocked_addresses) \
  X(Programme, programmes)             \
  X(PolicyVersion, policy_versions)    \
  X(Call, calls)                       \
  X(CallAttachment, call_attachments)  \
  X(Application, applications)         \
  X(Document, documents)               \
  X(Decision, decisions)               \
  X(Award, awards)                     \
  X(Project, projects)                 \
  X(Allocation, allocations)           \
  X(Outage, outages)                   \
  X(Obligation, obligations)           \
  X(Quota, quotas)

#define DURE_SQL_SUPPLY_NOUNS(X)              \
  X(Supplier, suppliers)                      \
  X(SupplierCall, supplier_calls)             \
  X(SupplierProposal, supplier_proposals)     \
  X(SupplierEvaluation, supplier_evaluations) \
  X(SupplyAgreement, supply_agreements)       \
  X(CapacityBatch, capacity_batches)          \
  X(SupplyTarget, supply_targets)             \
  X(DemandSurvey, demand_surveys)             \
  X(DemandAnswer, demand_answers)             \
  X(BeneficiaryReservation, beneficiary_reservations)

#define DURE_SQL_OUTCOME_NOUNS(X)                 \
  X(EvidenceDocument, evidence_documents)         \
  X(Outcome, outcomes)                            \
  X(AcknowledgementCheck, acknowledgement_checks) \
  X(DataShare, data_shares)                       \
  X(UserSurvey, user_surveys)                     \
  X(SurveyParticipation, survey_participations)   \
  X(DeletionJob, deletion_jobs)                   \
  X(RetentionHold, retention_holds)               \
  X(DeletionCertificate, deletion_certificates)   \
  X(Determination, determinations)                \
  X(Question, questions)

#define DURE_SQL_USE_NOUNS(X)               \
  X(ReviewCriteria, review_criteria)        \
  X(UtilisationReview, utilisation_reviews) \
  X(IdleWarning, idle_warnings)             \
  X(Incident, incidents)                    \
  X(Sanction, sanctions)                    \
  X(Restriction, restrictions)

#define DURE_SQL_ALLOCATION_NOUNS(X)          \
  X(TrainingCompletion, training_completions) \
  X(CounterOffer, counter_offers)             \
  X(AllocationAction, allocation_actions)

#define DURE_SQL_EVALUATION_NOUNS(X)           \
  X(Round, rounds)                             \
  X(RoundEntry, round_entries)                 \
  X(Panel, panels)                             \
  X(PanelMember, panel_members)                \
  X(ConflictOfInterest, conflicts_of_interest) \
  X(Review, reviews)                           \
  X(BonusClaim, bonus_claims)                  \
  X(Ranking, rankings)                         \
  X(WaitlistEntry, waitlist_entries)           \
  X(Appeal, appeals)

#define DURE_SQL_MACHINE_NOUNS(X)           \
  X(Node, nodes)                            \
  X(Card, cards)                            \
  X(Image, images)                          \
  X(Volume, volumes)                        \
  X(Workload, workloads)                    \
  X(Revision, revisions)                    \
  X(Run, runs)                              \
  X(Replica, replicas)                      \
  X(Share, shares)                          \
  X(ShareUse, share_uses)                   \
  X(ShareFinding, share_findings)           \
  X(MaintenanceWindow, maintenance_windows) \
  X(Reservation, reservations)              \
  X(Group, groups)                          \
  X(GroupMember, group_members)

#define DURE_SQL_RECORD_NOUNS(X)      \
  X(Observation, observations)        \
  X(LedgerEntry, ledger_entries)      \
  X(Invoice, invoices)                \
  X(InvoiceLine, invoice_lines)       \
  X(Payment, payments)                \
  X(CreditNote, credit_notes)         \
  X(AuditEntry, audit_entries)        \
  X(Event, events)                    \
  X(IdempotencyKey, idempotency_keys) \
  X(LoopLease, loop_leases)

#define DURE_SQL_NOTICE_NOUNS(X)          \
  X(Notification, notifications)          \
  X(NoticePreference, notice_preferences) \
  X(NoticeSilence, notice_silences)       \
  X(NoticeText, notice_texts)             \
  X(NoticeMark, notice_marks)

#define DURE_SQL_NOUNS(X)      \
  DURE_SQL_CENTRE_NOUNS(X)     \
  DURE_SQL_SUPPLY_NOUNS(X)     \
  DURE_SQL_EVALUATION_NOUNS(X) \
  DURE_SQL_OUTCOME_NOUNS(X)    \
  DURE_SQL_USE_NOUNS(X)        \
  DURE_SQL_ALLOCATION_NOUNS(X) \
  DURE_SQL_MACHINE_NOUNS(X)    \
  DURE_SQL_RECORD_NOUNS(X)     \
  DURE_SQL_NOTICE_NOUNS(X)

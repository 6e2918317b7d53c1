// The announcement of a call: everything that whoever thinks of applying has to know, in one value, as the
// programme's pack in force has it. Made anew at each read; nothing of it is kept.
//
// Rows B2, B4, B5, B7 to B12, D3, E2, M5.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/programme.h"

namespace dure::model {

struct AnnouncedText {
  std::string ko;
  std::string en;  // "" where the pack has it in Korean only
};
DURE_VALUE_FIELDS(AnnouncedText, field("ko", &AnnouncedText::ko), field("en", &AnnouncedText::en));

// A day that counts for those who apply.
struct AnnouncedDay {
  std::string what;  // announced, opens, closes
  base::Date on;
};
DURE_VALUE_FIELDS(AnnouncedDay, field("what", &AnnouncedDay::what), field("on", &AnnouncedDay::on));

struct AnnouncedBriefing {
  std::string id;
  AnnouncedText title;
  base::Date on;
  std::string at;  // local time, "14:00"; "" where it is not told yet
  AnnouncedText place;
};
DURE_VALUE_FIELDS(AnnouncedBriefing, field("id", &AnnouncedBriefing::id),
                  field("title", &AnnouncedBriefing::title), field("on", &AnnouncedBriefing::on),
                  field("at", &AnnouncedBriefing::at), field("place", &AnnouncedBriefing::place));

// A track: an id and its title.
struct AnnouncedItem {
  std::string id;
  AnnouncedText title;
};
DURE_VALUE_FIELDS(AnnouncedItem, field("id", &AnnouncedItem::id), field("title", &AnnouncedItem::title));

// The file of a form, to be had at /call-attachments/{id}/content without logging in (B12).
struct AnnouncedFile {
  std::string id;
  std::int64_t edition = 1;
  std::string file_name;
  std::string media_type;
  base::Bytes size;
  std::string sha256;
};
DURE_VALUE_FIELDS(AnnouncedFile, field("id", &AnnouncedFile::id), field("edition", &AnnouncedFile::edition),
                  field("file_name", &AnnouncedFile::file_name),
                  field("media_type", &AnnouncedFile::media_type), field("size_bytes", &AnnouncedFile::size),
                  field("sha256", &AnnouncedFile::sha256));

// A paper that hangs at the announcement, with its file once there is one.
struct AnnouncedAttachment {
  std::string id;
  AnnouncedText title;
  std::optional<AnnouncedFile> file;
};
DURE_VALUE_FIELDS(AnnouncedAttachment, field("id", &AnnouncedAttachment::id),
                  field("title", &AnnouncedAttachment::title), field("file", &AnnouncedAttachment::file));

struct AnnouncedPool {
  std::string id;
  std::string kind;  // shared, dedicated
  AnnouncedText title;
  std::vector<std::string> models;  // empty: any
  std::string unit;                 // block, gpu, server
  std::vector<base::MilliGpu> menu;
  std::int64_t gpus_per_unit = 0;
  std::int64_t cpu_cores_per_unit = 0;
  base::Bytes memory_per_unit;
  std::int64_t milli_teraflops_per_unit = 0;
};
DURE_VALUE_FIELDS(AnnouncedPool, field("id", &AnnouncedPool::id), field("kind", &AnnouncedPool::kind),
                  field("title", &AnnouncedPool::title), field("models", &AnnouncedPool::models),
                  field("unit", &AnnouncedPool::unit), field("menu_milli_gpu", &AnnouncedPool::menu),
                  field("gpus_per_unit", &AnnouncedPool::gpus_per_unit),
                  field("cpu_cores_per_unit", &AnnouncedPool::cpu_cores_per_unit),
                  field("memory_bytes_per_unit", &AnnouncedPool::memory_per_unit),
                  field("milli_teraflops_per_unit", &AnnouncedPool::milli_teraflops_per_unit));

struct AnnouncedAccelerator {
  std::string model;
  AnnouncedText title;
  std::string maker;
  std::int64_t milli_teraflops = 0;
  base::Bytes memory;
  std::int64_t per_server = 0;
};
DURE_VALUE_FIELDS(AnnouncedAccelerator, field("model", &AnnouncedAccelerator::model),
                  field("title", &AnnouncedAccelerator::title), field("maker", &AnnouncedAccelerator::maker),
                  field("milli_teraflops", &AnnouncedAccelerator::milli_teraflops),
                  field("memory_bytes", &AnnouncedAccelerator::memory),
                  field("per_server", &AnnouncedAccelerator::per_server));

// What is installed on an accelerator: "pytorch 1.13", and the systems of which one is chosen.
struct AnnouncedSoftware {
  std::string accelerator;
  std::string delivery;  // server, container
  std::vector<std::string> operating_systems;
  std::vector<std::string> parts;
};
DURE_VALUE_FIELDS(AnnouncedSoftware, field("accelerator", &AnnouncedSoftware::accelerator),
                  field("delivery", &AnnouncedSoftware::delivery),
                  field("operating_systems", &AnnouncedSoftware::operating_systems),
                  field("parts", &AnnouncedSoftware::parts));

struct AnnouncedService {
  std::string id;
  AnnouncedText title;
  std::string kind;                // ai_service, developer_tool, data_service, security
  std::vector<std::string> pools;  // empty: all
};
DURE_VALUE_FIELDS(AnnouncedService, field("id", &AnnouncedService::id),
                  field("title", &AnnouncedService::title), field("kind", &AnnouncedService::kind),
                  field("pools", &AnnouncedService::pools));

struct AnnouncedDocument {
  std::string kind;
  AnnouncedText title;
  std::string need;  // required, optional, conditional
  std::vector<std::string> extensions;
};
DURE_VALUE_FIELDS(AnnouncedDocument, field("kind", &AnnouncedDocument::kind),
                  field("title", &AnnouncedDocument::title), field("need", &AnnouncedDocument::need),
                  field("extensions", &AnnouncedDocument::extensions));

struct AnnouncedCriterion {
  std::string id;
  AnnouncedText title;
  std::int64_t max_points = 0;
  std::vector<std::string> items;
};
DURE_VALUE_FIELDS(AnnouncedCriterion, field("id", &AnnouncedCriterion::id),
                  field("title", &AnnouncedCriterion::title),
                  field("max_points", &AnnouncedCriterion::max_points),
                  field("items", &AnnouncedCriterion::items));

struct AnnouncedDesk {
  std::string topic;
  AnnouncedText title;
  std::string telephone;
  std::string email;
  std::string url;
};
DURE_VALUE_FIELDS(AnnouncedDesk, field("topic", &AnnouncedDesk::topic), field("title", &AnnouncedDesk::title),
                  field("telephone", &AnnouncedDesk::telephone), field("email", &AnnouncedDesk::email),
                  field("url", &AnnouncedDesk::url));

struct AnnouncedPortal {
  AnnouncedText title;
  std::string url;
};
DURE_VALUE_FIELDS(AnnouncedPortal, field("title", &AnnouncedPortal::title),
                  field("url", &AnnouncedPortal::url));

struct Announcement {
  CallId call_id;
  std::string title;
  CallState state = CallState::kDraft;
  AnnouncedText programme;
  AnnouncedText operator_name;
  AnnouncedText purpose;
  std::string policy_version;
  std::string policy_hash;
  std::vector<AnnouncedDay> days;
  std::vector<AnnouncedBriefing> briefings;
  std::vector<AnnouncedItem> tracks;
  std::vector<AnnouncedAttachment> attachments;
  std::vector<AnnouncedPool> pools;
  bool offer_may_change = false;
  base::Bytes storage;
  base::Bytes storage_backup;
  std::vector<AnnouncedAccelerator> accelerators;
  std::vector<AnnouncedSoftware> software;
  std::vector<AnnouncedService> services;
  std::vector<AnnouncedDocument> documents;
  std::vector<AnnouncedCriterion> criteria;
  std::optional<std::int64_t> threshold_points;
  std::string longest_period;  // "6 months"
  std::vector<AnnouncedDesk> desks;
  std::vector<AnnouncedPortal> portals;
};
DURE_VALUE_FIELDS(
    Announcement, field("call_id", &Announcement::call_id), field("title", &Announcement::title),
    field("state", &Announcement::state), field("programme", &Announcement::programme),
    field("operator_name", &Announcement::operator_name), field("purpose", &Announcement::purpose),
    field("policy_version", &Announcement::policy_version), field("policy_hash", &Announcement::policy_hash),
    field("days", &Announcement::days), field("briefings", &Announcement::briefings),
    field("tracks", &Announcement::tracks), field("attachments", &Announcement::attachments),
    field("pools", &Announcement::pools), field("offer_may_change", &Announcement::offer_may_change),
    field("storage_bytes", &Announcement::storage),
    field("storage_backup_bytes", &Announcement::storage_backup),
    field("accelerators", &Announcement::accelerators), field("software", &Announcement::software),
    field("services", &Announcement::services), field("documents", &Announcement::documents),
    field("criteria", &Announcement::criteria), field("threshold_points", &Announcement::threshold_points),
    field("longest_period", &Announcement::longest_period), field("desks", &Announcement::desks),
    field("portals", &Announcement::portals));

}  // namespace dure::model

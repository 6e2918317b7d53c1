// The codec's instantiations for notices and their requests.
#include "model/notice.h"
#include "model/notice_requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Notification);
DURE_WIRE_INSTANTIATE_NOUN(model::MutedNotice);
DURE_WIRE_INSTANTIATE_NOUN(model::NoticePreference);
DURE_WIRE_INSTANTIATE_NOUN(model::NoticeSilence);
DURE_WIRE_INSTANTIATE_NOUN(model::NoticeText);
DURE_WIRE_INSTANTIATE_NOUN(model::NoticeMark);

DURE_WIRE_INSTANTIATE(model::SetNoticePreference);
DURE_WIRE_INSTANTIATE(model::SilenceNotices);
DURE_WIRE_INSTANTIATE(model::TestNotice);
DURE_WIRE_INSTANTIATE(model::LoadNoticeText);

}  // namespace dure::wire

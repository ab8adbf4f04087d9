// Reading answers by the C interface.
#include "answer.hpp"

#include "handles.hpp"
#include "muistio/c/answer.h"
#include "muistio/c/status.h"

namespace muistio::c {

template <class Record>
muistio_status Answer::read(std::size_t index, const Record** out) const {
  if (holds != kHolds<Record>) return MUISTIO_E_TYPE_MISMATCH;
  if (index >= items.size()) return MUISTIO_E_NOT_FOUND;
  *out = static_cast<const Record*>(items[index]);
  return MUISTIO_OK;
}

namespace {

template <class Record>
muistio_status read(muistio_answer* handle, std::size_t index, const Record** out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  const auto answer = handles().get(handle);
  return answer ? answer->read(index, out) : MUISTIO_E_INVALID_ARGUMENT;
}

}  // namespace
}  // namespace muistio::c

using namespace muistio::c;

extern "C" {

muistio_status muistio_answer_retain(muistio_answer* answer, muistio_answer** out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  auto held = handles().get(answer);
  if (!held) return MUISTIO_E_INVALID_ARGUMENT;
  *out = handles().put<muistio_answer>(std::move(held), Owner::caller);
  return MUISTIO_OK;
}

muistio_status muistio_answer_release(muistio_answer* answer) {
  if (answer == nullptr) return MUISTIO_OK;
  return handles().take(answer, Owner::caller) ? MUISTIO_OK : MUISTIO_E_INVALID_ARGUMENT;
}

muistio_status muistio_answer_status(muistio_answer* answer) {
  const auto held = handles().get(answer);
  return held ? held->status : MUISTIO_E_INVALID_ARGUMENT;
}

muistio_status muistio_answer_message(muistio_answer* answer, const char** out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  const auto held = handles().get(answer);
  if (!held) return MUISTIO_E_INVALID_ARGUMENT;
  *out = held->message.c_str();
  return MUISTIO_OK;
}

muistio_status muistio_answer_holds(muistio_answer* answer, muistio_content* out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = MUISTIO_HOLDS_NOTHING;
  const auto held = handles().get(answer);
  if (!held) return MUISTIO_E_INVALID_ARGUMENT;
  *out = held->holds;
  return MUISTIO_OK;
}

muistio_status muistio_answer_count(muistio_answer* answer, size_t* out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = 0;
  const auto held = handles().get(answer);
  if (!held) return MUISTIO_E_INVALID_ARGUMENT;
  *out = held->items.size();
  return MUISTIO_OK;
}

muistio_status muistio_answer_id(muistio_answer* answer, size_t index, muistio_id* out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = {};
  const muistio_id* id = nullptr;
  const auto status = read(answer, index, &id);
  if (id != nullptr) *out = *id;
  return status;
}

muistio_status muistio_answer_number(muistio_answer* answer, size_t index, uint64_t* out) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = 0;
  const std::uint64_t* number = nullptr;
  const auto status = read(answer, index, &number);
  if (number != nullptr) *out = *number;
  return status;
}

muistio_status muistio_answer_text(muistio_answer* answer, size_t index, const char** out, size_t* bytes) {
  if (out == nullptr) return MUISTIO_E_INVALID_ARGUMENT;
  *out = nullptr;
  if (bytes != nullptr) *bytes = 0;
  const TextItem* text = nullptr;
  const auto status = read(answer, index, &text);
  if (text == nullptr) return status;
  *out = text->data;
  if (bytes != nullptr) *bytes = text->bytes;
  return status;
}

#define MUISTIO_READS(record)                                                                                  \
  muistio_status muistio_answer_##record(muistio_answer* answer, size_t index, const muistio_##record** out) { \
    return read(answer, index, out);                                                                           \
  }
MUISTIO_READS(club)
MUISTIO_READS(session)
MUISTIO_READS(member)
MUISTIO_READS(device)
MUISTIO_READS(note)
MUISTIO_READS(note_text)
MUISTIO_READS(material)
MUISTIO_READS(material_quota)
MUISTIO_READS(invitation)
MUISTIO_READS(join_request)
MUISTIO_READS(found)
MUISTIO_READS(checked)
MUISTIO_READS(seal_answer)
MUISTIO_READS(waiting)
MUISTIO_READS(sync_report)
MUISTIO_READS(sync_progress)
MUISTIO_READS(live_state)
MUISTIO_READS(newcomer)
MUISTIO_READS(meeting)
MUISTIO_READS(reminder)
MUISTIO_READS(reach)
MUISTIO_READS(news)
#undef MUISTIO_READS
}

// Notes, material, search, handing in.
#include "muistio/c/notes.h"

#include "call.hpp"

using namespace muistio::c;

extern "C" {

muistio_status muistio_note_add(muistio_client* client, const muistio_new_note* note, MUISTIO_THEN) {
  Taking take;
  const auto taken = take.options(note, sizeof(muistio_new_note));
  muistio::NewNote made;
  made.club = space(taken.club);
  made.title = take.text(taken.title);
  made.text = take.text(taken.text, taken.text_bytes);
  made.is_private = taken.is_private;
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.add_note(made); });
}

muistio_status muistio_note_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.notes(space(club)); });
}

muistio_status muistio_note_find(muistio_client* client, const char* wanted, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(wanted);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.find_note(named); });
}

muistio_status muistio_note_show(muistio_client* client, muistio_id note, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.show_note(document(note)); });
}

muistio_status muistio_note_change(muistio_client* client, const muistio_note_edit* edit, MUISTIO_THEN) {
  Taking take;
  const auto taken = take.options(edit, sizeof(muistio_note_edit));
  muistio::NoteEdit made;
  made.note = document(taken.note);
  made.text = take.text(taken.text, taken.text_bytes);
  made.base = take.maybe_text(taken.base);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.edit_note(made); });
}

muistio_status muistio_note_append(muistio_client* client, muistio_id note, const char* text, size_t text_bytes, MUISTIO_THEN) {
  Taking take;
  auto added = take.text(text, text_bytes);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.append_note(document(note), added); });
}

muistio_status muistio_note_delete(muistio_client* client, muistio_id note, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.delete_note(document(note)); });
}

muistio_status muistio_note_share(muistio_client* client, muistio_id note, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.share_note(document(note)); });
}

muistio_status muistio_material_add(muistio_client* client, muistio_id club, const char* file, MUISTIO_THEN) {
  Taking take;
  const auto from = take.path(file);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.add_material(space(club), from); });
}

muistio_status muistio_material_list(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.material(space(club)); });
}

muistio_status muistio_material_find(muistio_client* client, const char* wanted, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(wanted);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.find_material(named); });
}

muistio_status muistio_material_get(muistio_client* client, muistio_id material, const char* file, MUISTIO_THEN) {
  Taking take;
  const auto to = take.path(file);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.get_material(document(material), to); });
}

muistio_status muistio_material_delete(muistio_client* client, muistio_id material, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.delete_material(document(material)); });
}

muistio_status muistio_material_evict(muistio_client* client, muistio_id material, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.evict_material(document(material)); });
}

muistio_status muistio_material_set_quota(muistio_client* client, uint64_t bytes, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) {
    return on.set_material_quota(bytes == MUISTIO_NO_LIMIT ? std::nullopt : std::optional(bytes));
  });
}

muistio_status muistio_material_get_quota(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.material_quota(); });
}

muistio_status muistio_search(muistio_client* client, const char* words, const muistio_search_filter* filter, MUISTIO_THEN) {
  Taking take;
  auto sought = take.text(words);
  muistio::SearchFilter narrowed;
  if (filter != nullptr) {
    const auto taken = take.options(filter, sizeof(muistio_search_filter));
    if (taken.has_club) narrowed.club = space(taken.club);
    narrowed.author = take.maybe_text(taken.author).value_or("");
    if (taken.has_since) narrowed.since = muistio::WallMs(taken.since_ms);
    if (taken.has_until) narrowed.until = muistio::WallMs(taken.until_ms);
  }
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.search(sought, narrowed); });
}

muistio_status muistio_hand_in(muistio_client* client, muistio_id club, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.hand_in(space(club)); });
}

muistio_status muistio_hand_in_accept(muistio_client* client, muistio_id club, const uint8_t* file, size_t bytes, MUISTIO_THEN) {
  Taking take;
  auto given = take.bytes(file, bytes);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.accept_hand_in(space(club), given); });
}
}

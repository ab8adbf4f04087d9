#include <algorithm>

#include "home_impl.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/replica/text_version.hpp"
#include "muistio/text/document.hpp"

namespace muistio::home {

using store::Table;

namespace {

/// A new text goes out in changes of at most this many bytes: one change must fit one batch.
constexpr std::size_t kPieceBytes = 160u << 10;

/// The first piece of `text`, cut between characters.
std::string_view first_piece(std::string_view text) {
  if (text.size() <= kPieceBytes) return text;
  auto end = kPieceBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end);
}

/// The version "what this device just wrote, on what it was made from": what the person who wrote it has seen. `before` is the
/// number of edits of this device before. Nothing if it wrote nothing.
Result<std::optional<std::string>> version_written(replica::ChangeBuilder& builder, const DocumentId& id, std::uint64_t before) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  const auto* text = document->find_text(club::kNoteBody);
  if (text == nullptr) return std::optional<std::string>();
  const auto agent = builder.author().device;
  const auto held = text->summary();
  const auto found = held.find(agent);
  if (found == held.end() || found->second <= before) return std::optional<std::string>();
  return std::optional(replica::format_text_version({text::EditId{agent, found->second - 1}}));
}

Result<std::uint64_t> edits_of(replica::ChangeBuilder& builder, const DocumentId& id) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  const auto* text = document->find_text(club::kNoteBody);
  if (text == nullptr) return std::uint64_t{0};
  const auto held = text->summary();
  const auto found = held.find(builder.author().device);
  return found == held.end() ? std::uint64_t{0} : found->second;
}

Note note_of(const club::NoteItem& item, const SpaceId& club, const std::map<MemberId, std::string>& names) {
  Note note;
  note.id = item.id;
  note.club = club;
  note.title = item.title;
  note.author = name_of(names, item.author);
  note.author_id = item.author;
  note.at = item.created;
  note.changed = item.changed;
  note.bytes = item.bytes;
  return note;
}

Result<replica::DocumentType> type_of(Kinds kinds, std::string_view kind) {
  for (const auto& [name, type] : kinds)
    if (name == kind) return type;
  return fail(ErrorCode::invalid_argument, "no such kind");
}

std::string_view what_is(replica::DocumentType type) { return type == club::kNote ? "note" : "material"; }

Status check_utf8(std::string_view text) {
  if (const auto at = first_invalid_utf8(text)) return fail(ErrorCode::not_utf8, "at byte " + std::to_string(*at));
  return ok();
}

}  // namespace

Result<DocumentId> Home::Impl::find_of_kind(Kinds kinds, std::string_view kind, std::string_view wanted) {
  MUISTIO_TRY(const auto type, type_of(kinds, kind));
  return find_document(wanted, type, kind);
}

Result<SpaceId> Home::Impl::space_of_kind(Kinds kinds, std::string_view kind, const DocumentId& id) {
  MUISTIO_TRY(const auto type, type_of(kinds, kind));
  return locate(id, type, kind);
}

Result<std::vector<std::pair<SpaceId, DocumentId>>> Home::Impl::documents_of(replica::DocumentType type,
                                                                             std::string_view hex_prefix) {
  std::vector<std::pair<SpaceId, DocumentId>> found;
  for (const auto& space : visible()) {
    MUISTIO_CHECK(engine->read(space.space, [&](replica::Replica& documents) {
      return documents.for_each_summary([&](const DocumentId& id, BytesView bytes) -> Status {
        if (bytes.empty() || id.hex().compare(0, hex_prefix.size(), hex_prefix) != 0) return ok();
        MUISTIO_TRY(auto summary, club::decode_summary(bytes));
        if (summary.type == type) found.emplace_back(space.space, id);
        return ok();
      });
    }));
  }
  return found;
}

Result<SpaceId> Home::Impl::locate(const DocumentId& id, replica::DocumentType type, std::string_view kind) {
  for (const auto& space : visible()) {
    std::optional<Bytes> bytes;
    MUISTIO_CHECK(engine->read(space.space, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(bytes, documents.summary(id));
      return ok();
    }));
    if (!bytes || bytes->empty()) continue;
    MUISTIO_TRY(auto summary, club::decode_summary(*bytes));
    if (summary.type == type) return space.space;
  }
  return fail(ErrorCode::not_found, std::string(kind.empty() ? what_is(type) : kind));
}

Result<DocumentId> Home::Impl::find_document(std::string_view wanted, replica::DocumentType type, std::string_view kind) {
  const std::string what(kind.empty() ? what_is(type) : kind);
  const auto prefix = id_prefix(wanted);
  if (!prefix) return fail(ErrorCode::not_found, what + ": an id has 32 hexadecimal digits, its beginning at least 6");
  if (prefix->size() == 32) {
    MUISTIO_TRY(auto id, DocumentId::parse(*prefix));
    MUISTIO_CHECK(locate(id, type, kind));
    return id;
  }
  MUISTIO_TRY(auto documents, documents_of(type, *prefix));
  std::vector<std::string> found;
  for (const auto& [space, id] : documents) found.push_back(id.hex());
  MUISTIO_TRY(auto picked, pick(found, what.c_str()));
  return DocumentId::parse(picked);
}

Result<std::optional<SpaceId>> Home::Impl::about(const DocumentId& note) const {
  MUISTIO_TRY(auto row, store->get(Table::view, row_key('a', note)));
  if (!row) return std::optional<SpaceId>();
  MUISTIO_TRY(auto club, SpaceId::from_bytes(*row));
  return std::optional(club);
}

Result<DocumentId> Home::add_note(SpaceId club, std::string_view title, std::string_view text, bool is_private) {
  MUISTIO_CHECK(check_utf8(text));
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_CHECK(impl_->visible(club));
  auto space = club;
  if (is_private) {
    MUISTIO_TRY(space, impl_->make_personal());
  }
  DocumentId id;
  auto rest = text;
  const auto piece = first_piece(rest);
  rest.remove_prefix(piece.size());
  impl_->shown_with_edit.reset();
  auto made = impl_->engine->edit(space, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, club::create_note(builder, impl_->random, {title, piece, club::NoteKind::note}));
    if (is_private) MUISTIO_CHECK(builder.set_register(id, kNoteAbout, club.view()));
    MUISTIO_TRY(auto version, version_written(builder, id, 0));
    impl_->shown_with_edit = {id, version.value_or(replica::format_text_version({}))};
    return ok();
  });
  impl_->shown_with_edit.reset();
  MUISTIO_CHECK(std::move(made));
  if (rest.empty()) return id;
  MUISTIO_CHECK(append_note(id, rest));
  MUISTIO_TRY(auto whole, note(id, true));
  return whole.note.id;
}

Result<DocumentId> Home::Impl::copy_note(const SpaceId& space, BytesView origin, const DocumentId& id, std::string_view title,
                                         std::string_view text, const MemberId& by) {
  const auto digest = crypto::labelled_hash("muistio copy 1", {space.view(), origin, id.view()});
  auto copy = DocumentId();
  const auto device = engine->own_device();
  std::copy_n(digest.view().begin(), 8, copy.mutable_array().begin());
  std::copy_n(device.view().begin(), 8, copy.mutable_array().begin() + 8);
  bool is_there = false;
  MUISTIO_CHECK(engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(auto document, documents.document(copy));
    is_there = document != nullptr && document->creator().has_value();
    return ok();
  }));
  if (is_there) return copy;
  auto rest = text;
  const auto piece = first_piece(rest);
  rest.remove_prefix(piece.size());
  MUISTIO_CHECK(engine->edit(space, [&](replica::ChangeBuilder& builder) {
    return club::create_copy(builder, copy, {title, piece, club::NoteKind::note}, by);
  }));
  while (!rest.empty()) {
    const auto more = first_piece(rest);
    rest.remove_prefix(more.size());
    MUISTIO_CHECK(
        engine->edit(space, [&](replica::ChangeBuilder& builder) { return club::append_note_text(builder, copy, more); }));
  }
  return copy;
}

Result<std::vector<Note>> Home::notes(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  std::map<MemberId, std::string> names;  // of those who wrote something: one look at all documents is enough
  std::vector<Note> notes;
  auto read = impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(auto items, club::list_notes(documents));
    const auto learn_name = [&](const MemberId& member) -> Status {
      if (names.contains(member)) return ok();
      MUISTIO_TRY(names[member], club::member_name(documents, member));
      return ok();
    };
    for (const auto& item : items) {
      MUISTIO_CHECK(learn_name(item.author));
      notes.push_back(note_of(item, club, names));
    }
    MUISTIO_TRY(const auto handed_in, impl_->store->all(Table::view, letter_key('h')));
    std::map<DocumentId, MemberId> by;
    for (const auto& row : handed_in) {
      MUISTIO_TRY(const auto note, DocumentId::from_bytes(BytesView(row.key).subspan(1)));
      MUISTIO_TRY(by[note], MemberId::from_bytes(row.value));
    }
    for (auto& note : notes) {
      const auto found = by.find(note.id);
      if (found == by.end()) continue;
      MUISTIO_CHECK(learn_name(found->second));
      note.handed_in_by = name_of(names, found->second);
    }
    return ok();
  });
  MUISTIO_CHECK(std::move(read));
  if (const auto personal = impl_->personal()) {
    MUISTIO_TRY(auto own, own_name());
    std::vector<club::NoteItem> items;
    MUISTIO_CHECK(impl_->engine->read(*personal, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(items, club::list_notes(documents));
      return ok();
    }));
    for (const auto& item : items) {
      MUISTIO_TRY(auto about, impl_->about(item.id));
      if (about != club) continue;
      notes.push_back(note_of(item, club, {{item.author, own}}));
      notes.back().is_private = true;
    }
  }
  std::sort(notes.begin(), notes.end(),
            [](const auto& left, const auto& right) { return std::tie(left.at, left.id) < std::tie(right.at, right.id); });
  return notes;
}

Result<DocumentId> Home::find_note(std::string_view wanted) { return impl_->find_document(wanted, club::kNote); }

Result<NoteText> Home::note(DocumentId id, bool as_shown) {
  MUISTIO_TRY(auto space, impl_->locate(id, club::kNote));
  NoteText shown;
  MUISTIO_CHECK(impl_->engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(auto found, club::show_note(documents, id));
    // Only the names that are shown: looking through all documents for all of them takes far longer than the note.
    std::map<MemberId, std::string> names;
    MUISTIO_TRY(names[found.item.author], club::member_name(documents, found.item.author));
    if (found.handed_in_by) {
      MUISTIO_TRY(names[*found.handed_in_by], club::member_name(documents, *found.handed_in_by));
    }
    shown.note = note_of(found.item, space, names);
    if (found.handed_in_by) shown.note.handed_in_by = name_of(names, *found.handed_in_by);
    shown.text = std::move(found.text);
    shown.version = std::move(found.version);
    return ok();
  }));
  if (space == impl_->personal()) {
    shown.note.is_private = true;
    MUISTIO_TRY(shown.note.author, own_name());
    MUISTIO_TRY(auto about, impl_->about(id));
    shown.note.club = about.value_or(space);
  }
  if (!as_shown) return shown;
  MUISTIO_TRY(const auto summary, impl_->engine->space(space));
  if (summary.unverified) return shown;  // the version is none that an edit can stand on
  const auto key = row_key('s', id);
  MUISTIO_TRY(auto before, impl_->store->get(Table::view, key));
  if (before && as_text(*before) == shown.version) return shown;
  MUISTIO_TRY(auto transaction, impl_->store->begin());
  MUISTIO_CHECK(transaction.put(Table::view, key, as_bytes(shown.version)));
  MUISTIO_CHECK(transaction.commit());
  return shown;
}

Status Home::Impl::edit_once(const SpaceId& space, const DocumentId& id, std::string_view text,
                             const std::optional<std::string>& base) {
  auto from = base;
  if (!from) {
    MUISTIO_TRY(auto row, store->get(Table::view, row_key('s', id)));
    if (row) from = std::string(as_text(*row));
  }
  shown_with_edit.reset();
  auto edited = engine->edit(space, [&](replica::ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(auto before, edits_of(builder, id));
    MUISTIO_CHECK(club::edit_note_text(builder, id, text, from));
    MUISTIO_TRY(auto version, version_written(builder, id, before));
    if (version) shown_with_edit = {id, *version};
    return ok();
  });
  shown_with_edit.reset();
  return edited;
}

Status Home::edit_note(DocumentId id, std::string_view text, const std::optional<std::string>& base) {
  MUISTIO_CHECK(check_utf8(text));
  MUISTIO_TRY(auto space, impl_->locate(id, club::kNote));
  auto edited = impl_->edit_once(space, id, text, base);
  if (edited || edited.error().code != ErrorCode::too_large || text.size() <= kPieceBytes) return edited;
  // More is new than one change may hold: ever longer beginnings, each on the one before.
  auto rest = text;
  auto from = base;
  while (!rest.empty()) {
    rest.remove_prefix(first_piece(rest).size());
    MUISTIO_CHECK(impl_->edit_once(space, id, text.substr(0, text.size() - rest.size()), from));
    from.reset();
  }
  return ok();
}

Status Home::append_note(DocumentId id, std::string_view text) {
  MUISTIO_CHECK(check_utf8(text));
  MUISTIO_TRY(auto space, impl_->locate(id, club::kNote));
  while (!text.empty()) {
    const auto piece = first_piece(text);
    text.remove_prefix(piece.size());
    MUISTIO_CHECK(
        impl_->engine->edit(space, [&](replica::ChangeBuilder& builder) { return club::append_note_text(builder, id, piece); }));
  }
  return ok();
}

Status Home::delete_note(DocumentId id) {
  MUISTIO_TRY(auto space, impl_->locate(id, club::kNote));
  return impl_->engine->edit(space, [&](replica::ChangeBuilder& builder) { return club::take_back(builder, id); });
}

Result<DocumentId> Home::share_note(DocumentId id) {
  MUISTIO_TRY(auto held, note(id, false));
  if (held.note.is_private) return fail(ErrorCode::invalid_argument, "a private note has no other readers");
  MUISTIO_TRY(auto space, impl_->visible(held.note.club));
  if (space.own_role != Role::host) return fail(ErrorCode::not_permitted, "only a host hands a note over");
  return add_note(held.note.club, held.note.title, held.text, false);
}

}  // namespace muistio::home

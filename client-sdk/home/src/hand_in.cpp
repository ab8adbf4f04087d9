// What never reached a club's log: handed to a host, who takes it in; and a club's notes, copied to the one that goes on from it.
#include "muistio/club/hand_in.hpp"

#include "home_impl.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::home {

Result<Bytes> Home::hand_in(SpaceId club) {
  MUISTIO_CHECK(impl_->visible(club));
  MUISTIO_TRY(auto unsent, impl_->engine->unsent_documents(club));
  std::vector<club::HandedNote> notes;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    for (const auto& id : unsent) {
      auto note = club::show_note(documents, id);
      if (!note && note.error().code == ErrorCode::not_found) continue;  // no note, or taken back
      if (!note) return fail(std::move(note).error());
      notes.push_back({id, note->item.title, std::move(note->text)});
    }
    return ok();
  }));
  if (notes.empty()) return fail(ErrorCode::not_found, "every note written here is in the club");
  if (notes.size() > club::kHandedNotesMax) return fail(ErrorCode::too_large, "notes to hand in");
  return impl_->engine->seal_hand_in(club, club::encode_handed_notes(notes));
}

Result<std::vector<DocumentId>> Home::accept_hand_in(SpaceId club, BytesView file) {
  MUISTIO_TRY(auto space, impl_->visible(club));
  if (space.own_role != Role::host) return fail(ErrorCode::not_permitted, "only a host takes in what was handed in");
  MUISTIO_TRY(auto handed, impl_->engine->open_hand_in(club, file));
  MUISTIO_TRY(auto notes, club::decode_handed_notes(handed.payload));
  std::vector<DocumentId> taken;
  for (const auto& note : notes) {
    MUISTIO_TRY(auto id, impl_->copy_note(club, handed.digest.view(), note.id, note.title, note.text, handed.member));
    taken.push_back(id);
  }
  return taken;
}

Result<SpaceId> Home::succeed_club(SpaceId club) {
  MUISTIO_TRY(auto old, impl_->visible(club));
  MUISTIO_TRY(auto shown, this->club(club));
  MUISTIO_TRY(auto own, own_name());
  std::optional<SpaceId> next;
  if (old.phase == sync::Phase::succeeded) {
    for (const auto& space : impl_->visible())
      if (space.predecessor == club && space.own_role == Role::host) next = space.space;
    if (!next) return fail(ErrorCode::not_permitted, "another member made the club that goes on from this one");
  } else {
    MUISTIO_TRY(next, impl_->engine->succeed(club));
  }
  MUISTIO_TRY(auto made, this->club(*next));
  if (made.name != shown.name) MUISTIO_CHECK(impl_->name_space(*next, shown.name, own));
  std::vector<club::NoteItem> items;
  MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(items, club::list_notes(documents));
    return ok();
  }));
  for (const auto& item : items) {
    club::Note note;
    MUISTIO_CHECK(impl_->engine->read(club, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(note, club::show_note(documents, item.id));
      return ok();
    }));
    MUISTIO_TRY(auto copied, impl_->copy_note(*next, club.view(), item.id, note.item.title, note.text,
                                              note.handed_in_by.value_or(note.item.author)));
    static_cast<void>(copied);
  }
  return *next;
}

}  // namespace muistio::home

// Releases: what goes from a club to a desk, when, and what stays of it.
#include "muistio/home/releases.hpp"

#include <algorithm>

#include "facet.hpp"
#include "muistio/base/reader.hpp"
#include "muistio/club/edits.hpp"
#include "muistio/club/release.hpp"

namespace muistio::home {
namespace {

using replica::ChangeBuilder;
using store::Table;

constexpr std::size_t kTitleBytes = 120;

/// The first line without its marks of a heading, cut at a whole character.
std::string title_of(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  while (!line.empty() && (line.front() == '#' || line.front() == ' ')) line.remove_prefix(1);
  std::string title;
  for (const auto each : line)
    if (static_cast<unsigned char>(each) >= 0x20 && each != 0x7f) title += each;
  if (title.size() > kTitleBytes) {
    auto end = kTitleBytes;
    while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xc0U) == 0x80U) --end;
    title.resize(end);
  }
  return title.empty() ? "–" : title;
}

bool has(const std::vector<MemberId>& members, const MemberId& member) {
  return std::find(members.begin(), members.end(), member) != members.end();
}

}  // namespace

Releases Home::releases() { return Releases(*this); }

Status Home::Impl::note_release(store::Transaction& transaction, const replica::Document& release) const {
  const auto* text = release.find_register(club::kReleaseText);
  const auto* desk = release.find_register(club::kReleaseDesk);
  if (text == nullptr || desk == nullptr || desk->value.size() != SpaceId::size_bytes) return ok();
  MUISTIO_TRY(const auto to, SpaceId::from_bytes(desk->value));
  const auto content = club::release_content(as_text(text->value), to, release.id());
  const auto key = row_key('r', release.id());
  MUISTIO_TRY(const auto held, transaction.get(Table::view, key));
  if (held && held->size() > Hash::size_bytes && equal(BytesView(*held).first(Hash::size_bytes), content.view())) return ok();
  return transaction.put(Table::view, key, Writer().raw(content.view()).signed_varint(clock.wall().value()).bytes());
}

Result<WallMs> Home::Impl::release_seen(const DocumentId& release, const Hash& content) const {
  MUISTIO_TRY(const auto held, store->get(Table::view, row_key('r', release)));
  if (!held) return clock.wall();
  Reader in(*held);
  MUISTIO_TRY(const auto of, in.fixed<Hash>());
  MUISTIO_TRY(const auto at, in.signed_varint());
  return of == content ? WallMs(at) : clock.wall();
}

Status Home::Impl::open_desk(const SpaceId& desk) const {
  const auto space = visible(desk);
  if (space && space->kind == sync::SpaceKind::desk && space->phase == sync::Phase::open) return ok();
  return fail(ErrorCode::not_found, "the desk is not open on this device");
}

Result<DocumentId> Releases::find(std::string_view wanted) {
  return home_->impl_->find_document(wanted, club::kRelease, "release");
}
Result<SpaceId> Releases::club_of(DocumentId release) { return home_->impl_->locate(release, club::kRelease, "release"); }

Result<DocumentId> Releases::draft(SpaceId club, const NewRelease& release) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto space, impl.visible(club));
  if (space.kind != sync::SpaceKind::club) return fail(ErrorCode::invalid_argument, "a club tells the programme something");
  const auto kind = club::release_kind_from_name(release.kind);
  if (!kind) return fail(ErrorCode::invalid_argument, "a release is about training, abroad, research or other");
  const club::NewRelease wanted{release.text, release.desk, *kind, release.named};
  DocumentId id;
  MUISTIO_CHECK(impl.engine->edit(
      club, keeping(id, [&](ChangeBuilder& builder) { return club::draft_release(builder, impl.random, wanted); })));
  return id;
}

Status Releases::edit(DocumentId release, std::string_view text) {
  MUISTIO_TRY(const auto club, club_of(release));
  return home_->impl_->engine->edit(club, [&](ChangeBuilder& builder) { return club::edit_release(builder, release, text); });
}

Result<std::vector<Release>> Releases::list(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(impl.visible(club));
  MUISTIO_TRY(const auto names, impl.names(club));
  const auto person = [&](const MemberId& member) { return person_of(names, member); };
  std::vector<club::ReleaseItem> items;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(const auto records, club::gather(documents));
    MUISTIO_TRY(items, club::list_releases(documents, records, club));
    return ok();
  }));
  const auto own = impl.engine->own_member();
  std::vector<Release> made;
  for (const auto& item : items) {
    Release release;
    release.id = item.id;
    release.club = club;
    release.desk = item.desk;
    release.kind = std::string(club::release_kind_name(item.kind));
    release.text = item.text;
    release.content = item.content;
    release.maker = person(item.maker);
    release.written = item.written;
    MUISTIO_TRY(const auto seen, impl.release_seen(item.id, item.content));
    release.ready = WallMs(std::max(seen, item.written).value() + club::kReleaseWaitMs);
    release.named = people_of(names, item.named);
    release.agreed = people_of(names, item.agreed);
    release.refused = people_of(names, item.refused);
    for (const auto& each : item.stopped_by) release.stopped_by.push_back({person(each.member), each.reason});
    bool is_sent = false, is_withdrawn = false;
    for (const auto& copy : item.sent) {
      const bool now = copy.content == item.content;
      release.sent.push_back({person(copy.by), copy.at, copy.desk, copy.withdrawn, now});
      if (now) (copy.withdrawn ? is_withdrawn : is_sent) = true;
    }
    release.own_agreement_wanted = has(item.named, own) && !has(item.agreed, own) && !has(item.refused, own) && !is_withdrawn;
    if (is_sent)
      release.state = "sent";
    else if (is_withdrawn)
      release.state = "withdrawn";
    else if (!item.stopped_by.empty())
      release.state = "stopped";
    else if (!item.refused.empty())
      release.state = "refused";
    else if (item.agreed.size() < item.named.size() || impl.clock.wall() < release.ready)
      release.state = "waiting";
    else
      release.state = "ready";
    made.push_back(std::move(release));
  }
  return made;
}

Result<Release> Releases::show(DocumentId release) {
  MUISTIO_TRY(const auto club, club_of(release));
  MUISTIO_TRY(auto all, list(club));
  for (auto& each : all)
    if (each.id == release) return std::move(each);
  return fail(ErrorCode::not_found, "release");
}

Result<Release> Releases::as_shown(DocumentId release, const Hash& content) {
  MUISTIO_TRY(auto held, show(release));
  if (held.content != content) return fail(ErrorCode::invalid_state, "the text was changed meanwhile: read it again");
  return held;
}

Status Releases::say(DocumentId release, const Hash& content, bool agrees) {
  auto& engine = *home_->impl_->engine;
  MUISTIO_TRY(const auto held, as_shown(release, content));
  const auto own = engine.own_member();
  if (std::none_of(held.named.begin(), held.named.end(), [&](const Person& each) { return each.id == own; }))
    return fail(ErrorCode::not_permitted, "only who is named in it is asked");
  const auto said = club::consent_fields(release, agrees, content);
  MUISTIO_TRY(const auto made, engine.sign(held.club, club::kConsentLabel, {held.club.view(), said}));
  return engine.edit(held.club, [&](ChangeBuilder& builder) {
    return club::say_consent(builder, {release, agrees, content, made.key, made.signature});
  });
}

Status Releases::stop(DocumentId release, const Hash& content, bool stops, std::string_view reason) {
  MUISTIO_TRY(const auto held, as_shown(release, content));
  return home_->impl_->engine->edit(
      held.club, [&](ChangeBuilder& builder) { return club::say_stop(builder, release, stops, content, reason); });
}

Result<DocumentId> Releases::send(DocumentId release) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto held, show(release));
  MUISTIO_TRY(const auto space, impl.visible(held.club));
  if (space.own_role != Role::host) return fail(ErrorCode::not_permitted, "a host's device sends it");
  if (held.state == "sent") return fail(ErrorCode::already_exists, "this text was sent");
  // Its copy was taken back for good, with its id.
  if (held.state == "withdrawn") return fail(ErrorCode::invalid_state, "this text was taken back: write another to send it again");
  if (held.state == "stopped") return fail(ErrorCode::not_permitted, "a member has stopped it");
  if (held.agreed.size() < held.named.size()) return fail(ErrorCode::not_permitted, "not all who are named in it have agreed");
  const auto now = impl.clock.wall();
  if (now < held.ready) {
    const auto hours = (held.ready.value() - now.value() + 3'599'999) / 3'600'000;
    return fail(ErrorCode::not_permitted, "it lies in the club for another " + std::to_string(hours) + " hours");
  }
  MUISTIO_CHECK(impl.open_desk(held.desk));
  const auto& content = held.content;
  MUISTIO_TRY(const auto shown, home_->club(held.club));
  const auto title = title_of(held.text) + " (" + shown.name + ")";
  MUISTIO_TRY(const auto note, impl.copy_note(held.desk, content.view(), release, title, held.text, impl.engine->own_member()));
  MUISTIO_TRY(const auto made,
              impl.engine->sign(held.club, club::kLedgerLabel,
                                {held.club.view(), release.view(), content.view(), held.desk.view(), note.view()}));
  MUISTIO_CHECK(impl.engine->edit(held.club, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY([[maybe_unused]] const auto line,
                club::write_ledger(builder, impl.random, {release, content, held.desk, note, made.key, made.signature}));
    return ok();
  }));
  return note;
}

Status Releases::withdraw(DocumentId release) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, club_of(release));
  MUISTIO_TRY(const auto space, impl.visible(club));
  if (space.own_role != Role::host) return fail(ErrorCode::not_permitted, "a host takes it back");
  std::vector<club::SentCopy> copies;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(const auto records, club::gather(documents));
    MUISTIO_TRY(const auto items, club::list_releases(documents, records, club));
    for (const auto& item : items)
      if (item.id == release)
        for (const auto& copy : item.sent)
          if (!copy.withdrawn) copies.push_back(copy);
    return ok();
  }));
  if (copies.empty()) return fail(ErrorCode::invalid_state, "nothing of it lies at a desk");
  for (const auto& copy : copies) {  // one that was taken back before is taken back again without complaint
    MUISTIO_CHECK(impl.open_desk(copy.desk));
    MUISTIO_CHECK(impl.engine->edit(copy.desk, [&](ChangeBuilder& builder) { return club::take_back(builder, copy.note); }));
    MUISTIO_CHECK(impl.engine->edit(club, [&](ChangeBuilder& builder) { return club::mark_withdrawn(builder, copy.line); }));
  }
  return ok();
}

}  // namespace muistio::home

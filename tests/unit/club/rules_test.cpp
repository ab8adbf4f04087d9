#include <catch2/catch.hpp>

#include "club_peer.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/text/document.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using namespace muistio::replica;

namespace {
Author member(std::uint8_t number, Role role = Role::member, std::uint8_t device = 0) {
  const auto own = device == 0 ? number : device;
  return {id_of<MemberId>(number), id_of<DeviceId>(own, own), role};
}
DocumentId note_of(const Author& author, std::uint8_t number = 1) {
  CountingRandom random(number);
  return make_document_id(random, author.device);
}
bool judge(const Op& op, const Author& author, const Document* document = nullptr) { return Rules::judge(op, author, document); }
}  // namespace

TEST_CASE("an op of an unknown kind, a counter or a list is judged as a write in its field") {
  const auto own_note = note_of(member(1));
  for (const std::uint16_t kind : {8, 9, 10, 11, 12, 500}) {
    const auto op = [&](const DocumentId& document, FieldId field) {
      return Op{document, static_cast<OpKind>(kind), field, Bytes{2}};
    };
    CHECK(judge(op(own_note, FieldId(0x03f0)), member(2)));
    CHECK(judge(op(own_note, FieldId(0x7001)), member(2)));
    CHECK_FALSE(judge(op(own_note, FieldId(0x7001)), member(2, Role::guest)));
    CHECK_FALSE(judge(op(own_note, kNoteTitle), member(1)));
    CHECK_FALSE(judge(op(own_note, FieldId(0x01f0)), member(1)));
    CHECK(judge(op(own_note, FieldId(0x01f0)), member(1, Role::host)));
    CHECK_FALSE(judge(op(profile_document(member(1).member), FieldId(0x02f0)), member(2)));
    CHECK(judge(op(profile_document(member(1).member), FieldId(0x02f0)), member(1)));
  }
}

TEST_CASE("a note is created only under an id that names its creator's device") {
  CHECK(judge(make_create(note_of(member(1)), kNote), member(1)));
  CHECK_FALSE(judge(make_create(note_of(member(1)), kNote), member(2)));
  CHECK_FALSE(judge(make_create(note_of(member(1)), kNote), member(2, Role::host)));
  CHECK_FALSE(judge(make_create(note_of(member(1)), DocumentType(99)), member(2)));
  CHECK(judge(make_create(note_of(member(1)), DocumentType(0x8001)), member(2)));
  CHECK_FALSE(judge(make_create(note_of(member(1)), kNote), member(1, Role::guest)));
}

TEST_CASE("nobody takes over a note by creating it once more") {
  Document note(note_of(member(1)));
  const auto at = [](const Author& author, std::uint64_t clock) {
    return OpContext{author, {{author.device, 1}, 0}, Lamport(clock), WallMs(0)};
  };
  REQUIRE(note.merge(make_create(note.id(), kNote), at(member(1), 5)));
  const auto claim = make_create(note.id(), DocumentType(0x8001));
  REQUIRE(judge(claim, member(2), &note));
  REQUIRE(note.merge(claim, at(member(2), 1)));
  CHECK(note.type() == kNote);
  CHECK(note.creator()->member == member(1).member);
  CHECK_FALSE(judge(make_take_back_document(note.id()), member(2), &note));
}

TEST_CASE("a document is taken back by its author, on any of their devices, or by a host") {
  Document note(note_of(member(1)));
  const auto op = make_take_back_document(note.id());
  CHECK_FALSE(judge(op, member(1), nullptr));
  CHECK_FALSE(judge(op, member(1), &note));
  REQUIRE(note.merge(make_create(note.id(), kNote), {member(1), {{member(1).device, 1}, 0}, Lamport(1), WallMs(0)}));
  CHECK(judge(op, member(1), &note));
  CHECK(judge(op, member(1, Role::member, 7), &note));
  CHECK(judge(op, member(2, Role::host), &note));
  CHECK_FALSE(judge(op, member(2), &note));
  CHECK_FALSE(judge(op, member(2, Role::facilitator), &note));
  CHECK_FALSE(judge(op, member(1, Role::guest), &note));
}

TEST_CASE("profiles and settings are not taken back, before they are there or after") {
  Document profile(profile_document(member(1).member));
  const auto op = make_take_back_document(profile.id());
  CHECK_FALSE(judge(op, member(2, Role::host), nullptr));
  REQUIRE(profile.merge(make_create(profile.id(), kProfile), {member(1), {{member(1).device, 1}, 0}, Lamport(1), WallMs(0)}));
  CHECK_FALSE(judge(op, member(1), &profile));
  CHECK_FALSE(judge(op, member(2, Role::host), &profile));
}

TEST_CASE("a profile is written by its own member and the settings by hosts") {
  const auto profile = profile_document(member(1).member);
  const auto settings = settings_document(id_of<SpaceId>(9));
  CHECK(judge(make_create(profile, kProfile), member(1)));
  CHECK_FALSE(judge(make_create(profile, kProfile), member(2, Role::host)));
  CHECK(judge(make_set_register(profile, kProfileName, as_bytes("Anna")), member(1, Role::member, 8)));
  CHECK_FALSE(judge(make_set_register(profile, kProfileName, as_bytes("Anna")), member(2, Role::host)));
  CHECK_FALSE(judge(make_set_register(profile, FieldId(0x02ff), as_bytes("later")), member(2)));
  CHECK(judge(make_set_register(settings, kSettingsName, as_bytes("Klubi")), member(1, Role::host)));
  CHECK_FALSE(judge(make_set_register(settings, kSettingsName, as_bytes("Klubi")), member(1)));
  CHECK_FALSE(judge(make_create(settings, kSettings), member(1)));
}

TEST_CASE("everybody but a guest writes in a note") {
  const auto note = note_of(member(1));
  text::Document text;
  REQUIRE(text.insert(member(2).device, 0, "x"));
  for (const auto& op : {make_set_register(note, kNoteTitle, as_bytes("t")), make_text(note, kNoteBody, text.encode_since({}))}) {
    CHECK(judge(op, member(2)));
    CHECK(judge(op, member(2, Role::facilitator)));
    CHECK_FALSE(judge(op, member(2, Role::guest)));
  }
  CHECK_FALSE(judge(make_set_register(note, kNoteTitle, as_bytes("two\nlines")), member(2)));
  CHECK_FALSE(judge(make_set_register(note, kNoteTitle, as_bytes("\xff")), member(2)));
  CHECK_FALSE(judge(make_set_add(note, kNoteTitle, as_bytes("t")), member(2)));
  CHECK_FALSE(judge(make_set_register(note, kNoteBody, as_bytes("t")), member(2)));
  CHECK_FALSE(judge(make_set_register(note, kNoteKind, Bytes{2}), member(2)));
  CHECK(judge(make_set_register(note, kNoteKind, Bytes{2}), member(2, Role::host)));
  CHECK(judge(make_set_register(note, kNoteKind, Bytes{2}), member(1)));
}

TEST_CASE("a passage is taken back by who wrote it, on any of their devices, or by a host") {
  ClubPeer anna(1), bert(2);
  replica::Change created;
  const auto id = anna.note("t", "Annan sanat", &created);
  anna.in_log(created);
  bert.take(created, anna.author);
  const auto wrote = bert.edit([&](ChangeBuilder& builder) { return append_note_text(builder, id, " Bertin sanat"); });
  anna.take(wrote, bert.author);
  const auto document = anna.document(id);
  const auto ranges_of = [&](std::uint64_t position, std::uint64_t count) {
    return make_take_back_passage(id, kNoteBody, document->find_text(kNoteBody)->edits_at(position, count).value());
  };
  CHECK(judge(ranges_of(0, 5), anna.author, document.get()));
  CHECK(judge(ranges_of(0, 5), member(1, Role::member, 9), document.get()));
  CHECK_FALSE(judge(ranges_of(0, 5), bert.author, document.get()));
  CHECK(judge(ranges_of(12, 5), bert.author, document.get()));
  CHECK_FALSE(judge(ranges_of(8, 9), bert.author, document.get()));
  CHECK(judge(ranges_of(8, 9), member(3, Role::host), document.get()));
  CHECK(anna.refusal([&](ChangeBuilder& builder) { return club::take_back_passage(builder, id, 11, 3); }) ==
        ErrorCode::not_permitted);
}

TEST_CASE("what this app does not know passes") {
  CHECK(judge(Op{note_of(member(1)), static_cast<OpKind>(77), FieldId(5), Bytes{1}}, member(2)));
  CHECK(judge(make_set_register(note_of(member(1)), FieldId(0x0399), Bytes{1}), member(2)));
  CHECK(judge(make_set_register(note_of(member(1)), FieldId(0x7701), Bytes{1}), member(2)));
}

TEST_CASE("a changed app that breaks the rules changes nothing with the others") {
  ClubPeer anna(1), bert(2), carl(3);
  replica::Change created;
  const auto id = anna.note("t", "text", &created);
  anna.in_log(created);
  bert.take(created, anna.author);
  carl.take(created, anna.author);
  bert.judge = permit_all();
  const auto broken = bert.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.append_text(id, kNoteBody, " allowed"));
    MUISTIO_CHECK(builder.set_register(profile_document(carl.author.member), kProfileName, as_bytes("not Carl")));
    return builder.set_register(id, kNoteKind, Bytes{2});
  });
  CHECK(carl.take(broken, bert.author).refused_ops == 2);
  CHECK(anna.take(broken, bert.author).refused_ops == 2);
  CHECK(show_note(carl.held, id)->text == "text allowed");
  CHECK(show_note(carl.held, id)->item.kind == NoteKind::note);
  CHECK(member_name(carl.held, carl.author.member).value().empty());
}

TEST_CASE("a guest writes their own profile and nothing else") {
  const auto guest = member(3, Role::guest);
  CHECK(judge(make_create(profile_document(guest.member), kProfile), guest));
  CHECK(judge(make_set_register(profile_document(guest.member), kProfileName, as_bytes("Vieras")), guest));
  CHECK_FALSE(judge(make_set_register(profile_document(member(1).member), kProfileName, as_bytes("x")), guest));
  CHECK_FALSE(judge(make_create(note_of(guest), kNote), guest));
  CHECK_FALSE(judge(make_set_register(note_of(guest), FieldId(0x9999), as_bytes("x")), guest));
  CHECK_FALSE(judge(make_take_back_document(profile_document(guest.member)), guest));
}

TEST_CASE("whose text a note is, and where a session is, is said by the device that made it") {
  const auto id = note_of(member(1));
  const Bytes whose(MemberId::size_bytes, 1), where(SpaceId::size_bytes, 2);
  for (const auto& op : {make_set_register(id, kNoteHandedInBy, whose), make_set_register(id, kSessionHost, whose),
                         make_set_register(id, kSessionSpace, where)}) {
    CHECK(judge(op, member(1)));
    CHECK_FALSE(judge(op, member(2)));
    CHECK_FALSE(judge(op, member(2, Role::host)));
  }
  CHECK_FALSE(judge(make_set_register(id, kNoteHandedInBy, where), member(1)));
  CHECK_FALSE(judge(make_set_register(id, kSessionSpace, whose), member(1)));
  CHECK(judge(make_set_register(id, kSessionTitle, as_bytes("Ilta")), member(2, Role::host)));
  CHECK_FALSE(judge(make_set_register(id, kSessionTitle, as_bytes("Ilta")), member(2)));
}

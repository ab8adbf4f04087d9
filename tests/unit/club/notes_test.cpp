#include <catch2/catch.hpp>

#include "club_peer.hpp"
#include "format_examples.hpp"
#include "muistio/club/hand_in.hpp"
#include "muistio/club/line.hpp"
#include "muistio/replica/payload.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

TEST_CASE("a note is listed with its title, author, times and size, and shown with its text and version") {
  ClubPeer anna(1), bert(2);
  replica::Change created;
  const auto id = anna.note("Syyskokous", "Läsnä: Anna", &created);
  CHECK(names_device(id, anna.author.device));
  bert.take(created, anna.author);
  REQUIRE(bert.held.flush());
  const auto notes = list_notes(bert.held);
  REQUIRE(notes);
  REQUIRE(notes->size() == 1);
  const auto& item = notes->front();
  CHECK(item.id == id);
  CHECK(item.title == "Syyskokous");
  CHECK(item.author == anna.author.member);
  CHECK(item.created == created.wall);
  CHECK(item.bytes == std::string("Läsnä: Anna").size());
  CHECK(item.kind == NoteKind::note);
  const auto note = show_note(bert.held, id);
  REQUIRE(note);
  CHECK(note->text == "Läsnä: Anna");
  CHECK(note->version == show_note(anna.held, id)->version);
  CHECK(show_note(bert.held, id_of<DocumentId>(99)).error().code == ErrorCode::not_found);
  CHECK(show_material(bert.held, id).error().code == ErrorCode::not_found);
}

TEST_CASE("a new text against the version shown keeps what another wrote meanwhile") {
  ClubPeer anna(1), bert(2);
  replica::Change created;
  const auto id = anna.note("Muistio", "eka\ntoka\n", &created);
  anna.in_log(created);
  bert.take(created, anna.author);
  const auto base = show_note(bert.held, id)->version;
  const auto appended = anna.edit([&](ChangeBuilder& builder) { return append_note_text(builder, id, "kolmas\n"); });
  bert.take(appended, anna.author);
  bert.edit([&](ChangeBuilder& builder) { return edit_note_text(builder, id, "eka\nTOKA\n", base); });
  CHECK(show_note(bert.held, id)->text == "eka\nTOKA\nkolmas\n");
  CHECK(note_text_at(bert.held, id, base).value() == "eka\ntoka\n");
  bert.edit([&](ChangeBuilder& builder) { return edit_note_text(builder, id, "kaikki uusi"); });
  CHECK(show_note(bert.held, id)->text == "kaikki uusi");
  CHECK(bert.refusal([&](ChangeBuilder& builder) { return edit_note_text(builder, id, "x", "nonsense"); }) ==
        ErrorCode::invalid_argument);
  CHECK(bert.refusal([&](ChangeBuilder& builder) { return append_note_text(builder, id, "\xff"); }) == ErrorCode::not_utf8);
}

TEST_CASE("titles, kinds and passages of a note change") {
  ClubPeer anna(1, Role::host);
  const auto id = anna.note("a", "keep SECRET keep");
  anna.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(set_note_title(builder, id, "Uusi otsikko"));
    MUISTIO_CHECK(set_note_kind(builder, id, NoteKind::minutes));
    return club::take_back_passage(builder, id, 5, 7);
  });
  const auto note = show_note(anna.held, id);
  CHECK(note->item.title == "Uusi otsikko");
  CHECK(note->item.kind == NoteKind::minutes);
  CHECK(note->text == "keep keep");
  REQUIRE(anna.held.flush());
  CHECK(list_notes(anna.held)->front().kind == NoteKind::minutes);
}

TEST_CASE("material is added, listed and shown, and its file is whoever added it alone to give") {
  ClubPeer anna(1), bert(2, Role::host);
  DocumentId id;
  const Bytes attachment{1, 2, 3, 4};
  const auto added = anna.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, add_material(builder, anna.random, {"kaavio.pdf", "application/pdf", 20'000'000, attachment}));
    return ok();
  });
  bert.take(added, anna.author);
  REQUIRE(bert.held.flush());
  const auto list = list_material(bert.held);
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  CHECK(list->front().name == "kaavio.pdf");
  CHECK(list->front().bytes == 20'000'000);
  CHECK(list->front().media_type == "application/pdf");
  CHECK(show_material(bert.held, id)->attachment == attachment);
  CHECK(list_notes(bert.held)->empty());
  bert.edit([&](ChangeBuilder& builder) { return set_material_name(builder, id, "uusi.pdf"); });
  CHECK(show_material(bert.held, id)->item.name == "uusi.pdf");
  CHECK(bert.refusal([&](ChangeBuilder& builder) { return builder.set_register(id, kMaterialAttachment, Bytes{9}); }) ==
        ErrorCode::not_permitted);
}

TEST_CASE("members give their names and a host the club's") {
  ClubPeer anna(1, Role::host), bert(2);
  const auto space = id_of<SpaceId>(0x77, 0x88);
  const auto named = anna.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(set_profile(builder, "Anna Åkerström"));
    return set_club_name(builder, space, "Verkkokauppiaat");
  });
  anna.in_log(named);
  bert.take(named, anna.author);
  const auto profile = bert.edit([&](ChangeBuilder& builder) { return set_profile(builder, "Bert"); });
  anna.take(profile, bert.author);
  REQUIRE(anna.held.flush());
  CHECK(*club_name(bert.held, space) == "Verkkokauppiaat");
  CHECK(member_name(bert.held, anna.author.member).value() == "Anna Åkerström");
  CHECK(member_name(bert.held, id_of<MemberId>(9)).value().empty());
  const std::map<MemberId, std::string> names{{anna.author.member, "Anna Åkerström"}, {bert.author.member, "Bert"}};
  CHECK(*member_names(anna.held) == names);
}

TEST_CASE("a note taken back is in no list, and nothing of it is kept") {
  ClubPeer anna(1), bert(2);
  replica::Change created;
  const auto id = anna.note("SECRET title", "SECRET text", &created);
  anna.in_log(created);
  bert.take(created, anna.author);
  REQUIRE(bert.held.flush());
  const auto taken = anna.edit([&](ChangeBuilder& builder) { return take_back(builder, id); });
  CHECK(bert.take(taken, anna.author).refused_ops == 0);
  REQUIRE(bert.held.flush());
  CHECK(list_notes(bert.held)->empty());
  CHECK(show_note(bert.held, id).error().code == ErrorCode::not_found);
  for (const auto& [key, value] : bert.shelf->rows()) CHECK(as_text(value).find("SECRET") == std::string_view::npos);
  CHECK(bert.refusal([&](ChangeBuilder& builder) { return append_note_text(builder, id, "x"); }) == ErrorCode::invalid_state);
  CHECK(bert.refusal([&](ChangeBuilder& builder) { return take_back(builder, id_of<DocumentId>(5)); }) == ErrorCode::not_found);
}

TEST_CASE("listing thousands of notes opens none of them") {
  ClubPeer anna(1);
  anna.edit([&](ChangeBuilder& builder) -> Status {
    for (int i = 0; i < 2000; ++i) {
      auto id = id_of<DocumentId>(static_cast<std::uint8_t>(i), anna.author.device.array()[7]);
      id.mutable_array()[1] = static_cast<std::uint8_t>(i >> 8);
      std::copy_n(anna.author.device.array().begin(), 8, id.mutable_array().begin() + 8);
      MUISTIO_CHECK(builder.create(id, kNote));
      MUISTIO_CHECK(builder.set_register(id, kNoteTitle, as_bytes("note " + std::to_string(i))));
    }
    return ok();
  });
  REQUIRE(anna.held.flush());
  // Damage every document: a list that opened one would fail.
  for (const auto& [key, value] : std::map<Bytes, Bytes>(anna.shelf->rows()))
    if (key[0] == 'd') REQUIRE(anna.shelf->save(key, Bytes{0}));
  REQUIRE(anna.held.reload());
  const auto notes = list_notes(anna.held);
  REQUIRE(notes);
  CHECK(notes->size() == 2000);
  CHECK(anna.held.open_documents() == 0);
}

TEST_CASE("a line has no control characters, is UTF-8 and not too long") {
  CHECK(check_line(as_bytes("Åsa's notes – 2026")));
  CHECK(check_line({}));
  CHECK(check_line(Bytes(kLineBytesMax, 'x')));
  CHECK(check_line(Bytes(kLineBytesMax + 1, 'x')).error().code == ErrorCode::too_large);
  CHECK(check_line(as_bytes("a\nb")).error().code == ErrorCode::invalid_argument);
  CHECK(check_line(as_bytes("a\x1b[2Jb")).error().code == ErrorCode::invalid_argument);
  CHECK(check_line(as_bytes("a\xc2\x9b"
                            "b"))
            .error()
            .code == ErrorCode::invalid_argument);
  CHECK(check_line(as_bytes("a\xe2\x80\xa8")).error().code == ErrorCode::invalid_argument);
  CHECK(check_line(as_bytes("\xc3")).error().code == ErrorCode::not_utf8);
  ClubPeer anna(1);
  CHECK(anna.refusal([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY([[maybe_unused]] const auto id, create_note(builder, anna.random, {"two\nlines", "text"}));
    return ok();
  }) == ErrorCode::invalid_argument);
}

TEST_CASE("a summary comes back from its bytes, and no part of them passes for one") {
  ClubPeer anna(1);
  const auto id = anna.note("Otsikko", "teksti");
  const auto bytes = summarise(*anna.document(id));
  const auto summary = decode_summary(bytes);
  REQUIRE(summary);
  CHECK(summary->line == "Otsikko");
  CHECK(summary->type == kNote);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode_summary(BytesView(bytes).first(size)));
}

TEST_CASE("the worked example of a summary is what the code writes") {
  replica::Document document(id_of<DocumentId>(0x11));
  const replica::Author anna{id_of<MemberId>(0xaa), id_of<DeviceId>(0xa1), Role::member};
  const replica::OpContext context{anna, {{anna.device, 1}, 0}, Lamport(1), WallMs(1'700'000'000'000)};
  REQUIRE(document.merge(replica::make_create(document.id(), kMaterial), context));
  REQUIRE(document.merge(replica::make_set_register(document.id(), kMaterialName, as_bytes("kuva.jpg")), context));
  REQUIRE(document.merge(replica::make_set_register(document.id(), kMaterialMediaType, as_bytes("image/jpeg")), context));
  REQUIRE(document.merge(replica::make_set_register(document.id(), kMaterialSize, Bytes{0xac, 0x02}), context));
  CHECK(to_hex(summarise(document)) == to_hex(format_example("club-summary")));
}

TEST_CASE("notes handed in are written as the format's example, read back, and bounded") {
  DocumentId id;
  for (std::size_t i = 0; i < 16; ++i) id.mutable_array()[i] = static_cast<std::uint8_t>(15 - i);
  const std::vector<HandedNote> notes{{id, "Mitat", "12 × 8m"}};
  const auto bytes = encode_handed_notes(notes);
  CHECK(to_hex(bytes) == to_hex(format_example("club-handed-notes")));
  CHECK(decode_handed_notes(bytes).value() == notes);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode_handed_notes(BytesView(bytes).first(size)));
  auto newer = bytes;
  newer[0] = 2;
  CHECK(decode_handed_notes(newer).error().code == ErrorCode::unsupported_version);
  CHECK_FALSE(decode_handed_notes(encode_handed_notes({{id, "two\nlines", ""}})));
  CHECK(decode_handed_notes(encode_handed_notes({{id, "t", "\xff"}})).error().code == ErrorCode::not_utf8);
}

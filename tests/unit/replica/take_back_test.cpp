#include <algorithm>
#include <catch2/catch.hpp>

#include "muistio/replica/payload.hpp"
#include "muistio/text/document.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kNote = id_of<DocumentId>(0x11);

bool contains(BytesView bytes, std::string_view word) {
  const auto sought = as_bytes(word);
  return std::search(bytes.begin(), bytes.end(), sought.begin(), sought.end()) != bytes.end();
}

bool on_shelf(Peer& peer, std::string_view word) {
  REQUIRE(peer.held.flush());
  const auto& rows = peer.shelf->rows();
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return contains(row.second, word); });
}

Status write_note(ChangeBuilder& builder) {
  MUISTIO_CHECK(builder.create(kNote, kType));
  MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes("Otsikko")));
  MUISTIO_CHECK(builder.add_to_set(kNote, kTags, as_bytes("avainsana")));
  return builder.append_text(kNote, kBody, "before SECRET after");
}

/// Anna's note that Bert and Carl hold as well.
struct Three {
  Peer anna{1}, bert{2}, carl{3};
  Three() {
    const auto created = anna.edit(write_note);
    anna.in_log(created);
    bert.take(created, anna.author);
    carl.take(created, anna.author);
  }
};
}  // namespace

TEST_CASE("a document taken back goes with its history, in every order, and stays gone") {
  Three club;
  const auto taken = club.anna.edit([](ChangeBuilder& builder) { return builder.take_back(kNote); });
  const auto edited = club.bert.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes("Uusi")));
    return builder.append_text(kNote, kBody, " LATE");
  });
  club.anna.in_log(taken);
  club.bert.in_log(edited);
  club.anna.take(edited, club.bert.author);
  club.bert.take(taken, club.anna.author);
  club.carl.take(taken, club.anna.author);
  club.carl.take(edited, club.bert.author);
  for (auto* peer : {&club.anna, &club.bert, &club.carl}) {
    const auto document = peer->document(kNote);
    CHECK(document->is_taken_back());
    CHECK_FALSE(document->exists());
    CHECK(document->creator()->member == club.anna.author.member);
    CHECK(document->encode() == club.anna.document(kNote)->encode());
    for (const auto* word : {"SECRET", "LATE", "Otsikko", "Uusi", "avainsana"}) CHECK_FALSE(on_shelf(*peer, word));
    auto again = Replica::open(*peer->shelf);
    REQUIRE(again);
    CHECK(again->document(kNote).value()->is_taken_back());
  }
  const auto refused = club.carl.held.edit(club.carl.author, WallMs(1), club.carl.judge, write_note);
  CHECK(refused.error().code == ErrorCode::invalid_state);
}

TEST_CASE("taken back by two at once is taken back once") {
  Three club;
  const auto by_anna = club.anna.edit([](ChangeBuilder& builder) { return builder.take_back(kNote); });
  const auto by_bert = club.bert.edit([](ChangeBuilder& builder) { return builder.take_back(kNote); });
  club.anna.in_log(by_anna);
  club.bert.in_log(by_bert);
  club.anna.take(by_bert, club.bert.author);
  club.bert.take(by_anna, club.anna.author);
  CHECK(club.anna.document(kNote)->encode() == club.bert.document(kNote)->encode());
}

TEST_CASE("a passage taken back goes with its history while what others write stays") {
  Three club;
  const auto taken = club.anna.edit([](ChangeBuilder& builder) { return builder.take_back_passage(kNote, kBody, 7, 7); });
  const auto edited = club.bert.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.insert_text(kNote, kBody, 10, "x"));  // inside of it
    return builder.append_text(kNote, kBody, " more");
  });
  club.anna.in_log(taken);
  club.bert.in_log(edited);
  club.anna.take(edited, club.bert.author);
  club.bert.take(taken, club.anna.author);
  club.carl.take(edited, club.bert.author);
  club.carl.take(taken, club.anna.author);
  for (auto* peer : {&club.anna, &club.bert, &club.carl}) {
    CHECK(peer->document(kNote)->text(kBody) == "before xafter more");
    CHECK(peer->shows(kNote) == club.anna.shows(kNote));
    CHECK_FALSE(on_shelf(*peer, "SECRET"));
    CHECK_FALSE(on_shelf(*peer, "SEC"));
    const auto back = Document::decode(peer->document(kNote)->encode());
    REQUIRE(back);
    CHECK(shown(&*back) == peer->shows(kNote));
  }
}

TEST_CASE("a passage taken back before its edits arrive is never shown") {
  text::Document written;
  const Author anna{id_of<MemberId>(1), id_of<DeviceId>(1), Role::member};
  REQUIRE(written.insert(anna.device, 0, "before SECRET after"));
  const auto batch = make_text(kNote, kBody, written.encode_since({}));
  const auto redaction = make_take_back_passage(kNote, kBody, written.edits_at(7, 7).value());
  const OpContext first{anna, {{anna.device, 1}, 0}, Lamport(1), WallMs(1)};
  const OpContext second{anna, {{anna.device, 2}, 0}, Lamport(2), WallMs(2)};
  Document in_order(kNote), turned(kNote);
  REQUIRE(in_order.merge(batch, first));
  REQUIRE(in_order.merge(redaction, second));
  REQUIRE(turned.merge(redaction, second));
  auto stored = Document::decode(turned.encode());
  REQUIRE(stored);
  REQUIRE(stored->merge(batch, first));
  CHECK(stored->text(kBody) == "before after");
  CHECK(shown(&*stored) == shown(&in_order));
  CHECK_FALSE(contains(stored->encode(), "SECRET"));
  REQUIRE(stored->merge(batch, first));  // once more
  CHECK(stored->text(kBody) == "before after");
}

TEST_CASE("what is written and taken back in one change is not in the change") {
  Peer anna(1);
  const auto change = anna.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(write_note(builder));
    return builder.take_back(kNote);
  });
  const auto sent = encode_changes(std::vector<Change>{change});
  for (const auto* word : {"SECRET", "Otsikko", "avainsana"}) CHECK_FALSE(contains(sent, word));
  Peer bert(2);
  bert.take(change, anna.author);
  CHECK(bert.document(kNote)->encode() == anna.document(kNote)->encode());

  const auto other = id_of<DocumentId>(0x12);
  const auto passage = anna.edit([&](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.append_text(other, kBody, "before SECRET after"));
    return builder.take_back_passage(other, kBody, 7, 7);
  });
  CHECK_FALSE(contains(encode_changes(std::vector<Change>{passage}), "SECRET"));
  bert.take(passage, anna.author);
  CHECK(bert.document(other)->text(kBody) == "before after");
}

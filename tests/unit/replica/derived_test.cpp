// Documents that two devices make offline and that are one.
#include "muistio/replica/derived.hpp"

#include "format_examples.hpp"
#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kParent = id_of<DocumentId>(0x11);
}

TEST_CASE("a derived id depends on parent, era, key and type, and the example holds") {
  const auto id = derived_document_id(kParent, Era(0), as_bytes("2026-11-27"), DocumentType(0x8001));
  CHECK(to_hex(id.view()) == to_hex(format_example("replica-derived-id")));
  CHECK(id != derived_document_id(id_of<DocumentId>(0x12), Era(0), as_bytes("2026-11-27"), DocumentType(0x8001)));
  CHECK(id != derived_document_id(kParent, Era(1), as_bytes("2026-11-27"), DocumentType(0x8001)));
  CHECK(id != derived_document_id(kParent, Era(0), as_bytes("2026-11-28"), DocumentType(0x8001)));
  CHECK(id != derived_document_id(kParent, Era(0), as_bytes("2026-11-27"), DocumentType(0x8002)));
}

TEST_CASE("two that make the same child offline make one, with what both wrote in it") {
  Peer anna(1), bert(2);
  const auto parent = anna.edit([](ChangeBuilder& builder) { return builder.create(kParent, kType); });
  anna.in_log(parent);
  bert.take(parent, anna.author);
  DocumentId child;
  const auto make = [&](const char* word, std::int64_t votes) {
    return [&child, word, votes](ChangeBuilder& builder) -> Status {
      MUISTIO_TRY(child, builder.create_child(kParent, as_bytes("key"), kType));
      MUISTIO_CHECK(builder.add_to_counter(child, kVotes, votes));
      MUISTIO_CHECK(builder.list_insert(child, kAgenda, 0, as_bytes(word)));
      return builder.append_text(child, kBody, word);
    };
  };
  const auto by_anna = anna.edit(make("anna", 1));
  const auto made_by_anna = child;
  const auto by_bert = bert.edit(make("bert", 2));
  CHECK(child == made_by_anna);
  anna.take(by_bert, bert.author);
  bert.take(by_anna, anna.author);
  CHECK(anna.shows(child) == bert.shows(child));
  CHECK(anna.document(child)->counter(kVotes) == 3);
  CHECK(anna.document(child)->list(kAgenda).size() == 2);
  CHECK(anna.document(child)->text(kBody) == "annabert");
  CHECK(anna.document(child)->creator()->member == anna.author.member);
}

TEST_CASE("a child is born in the era of what it hangs on, whichever is in force") {
  Peer anna(1);
  REQUIRE(anna.held.edit_in(Era(0), anna.author, WallMs(1), anna.judge,
                            [](ChangeBuilder& builder) { return builder.create(kParent, kType); }));
  DocumentId child;
  const auto written = anna.held.edit_in(Era(3), anna.author, WallMs(1), anna.judge, [&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(child, builder.create_child(kParent, as_bytes("key"), kType));
    return ok();
  });
  REQUIRE(written);
  REQUIRE(written->size() == 1);
  CHECK(written->front().era == Era(0));
  CHECK(anna.document(child)->era() == Era(0));
  CHECK(child == derived_document_id(kParent, Era(0), as_bytes("key"), kType));
}

TEST_CASE("what was taken back gets no children, and a child is made once") {
  Peer anna(1);
  const auto make = [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create_child(kParent, as_bytes("key"), kType));
    return ok();
  };
  anna.edit([](ChangeBuilder& builder) { return builder.create(kParent, kType); });
  anna.edit(make);
  CHECK_FALSE(anna.held.edit(anna.author, WallMs(1), anna.judge, make)->has_value());
  anna.edit([](ChangeBuilder& builder) { return builder.take_back(kParent); });
  CHECK(anna.held.edit(anna.author, WallMs(1), anna.judge, make).error().code == ErrorCode::invalid_state);
}

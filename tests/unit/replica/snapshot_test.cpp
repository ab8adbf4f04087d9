// Documents as they are shown: what a new device reads while it builds the same from the log.
#include "muistio/replica/snapshot.hpp"

#include <algorithm>

#include "format_examples.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/text/document.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kFirst = id_of<DocumentId>(0x11), kSecond = id_of<DocumentId>(0x12);

bool contains(BytesView bytes, std::string_view word) {
  const auto sought = as_bytes(word);
  return std::search(bytes.begin(), bytes.end(), sought.begin(), sought.end()) != bytes.end();
}

Snapshot snapshot_of(Peer& peer, Era era = Era(0)) {
  REQUIRE(peer.held.flush());
  auto made = peer.held.snapshot(era);
  REQUIRE(made);
  return *made;
}

/// Anna and Bert, who wrote at once and heard of each other.
struct Two {
  Peer anna{1}, bert{2};
  Two() {
    const auto first = anna.edit([](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(kFirst, kType));
      MUISTIO_CHECK(builder.set_register(kFirst, kTitle, as_bytes("Otsikko")));
      return builder.append_text(kFirst, kBody, "alku SALAISUUS loppu");
    });
    anna.in_log(first);
    bert.take(first, anna.author);
    const auto by_anna = anna.edit([](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.erase_text(kFirst, kBody, 5, 10));
      MUISTIO_CHECK(builder.add_to_counter(kFirst, kVotes, 2));
      return builder.append_text(kFirst, kBody, " annan");
    });
    const auto by_bert = bert.edit([](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(kSecond, kType));
      MUISTIO_CHECK(builder.list_insert(kFirst, kAgenda, 0, as_bytes("avaus")));
      return builder.append_text(kFirst, kBody, " bertin");
    });
    anna.in_log(by_anna);
    bert.in_log(by_bert);
    anna.take(by_bert, bert.author);
    bert.take(by_anna, anna.author);
  }
};
}  // namespace

TEST_CASE("devices that hold the same changes make the same snapshot, in whatever order these came") {
  Two club;
  CHECK(club.anna.document(kFirst)->encode() != club.bert.document(kFirst)->encode());  // histories are kept as they came
  const auto bytes = snapshot_of(club.anna).encode();
  CHECK(bytes == snapshot_of(club.bert).encode());
  const auto back = Snapshot::decode(bytes);
  REQUIRE(back);
  CHECK(back->encode() == bytes);
  CHECK(back->documents.size() == 2);
  CHECK_FALSE(contains(bytes, "SALAISUUS"));
}

TEST_CASE("a snapshot shows what its maker's documents show, but for versions of texts") {
  Two club;
  MemoryShelf below;
  SnapshotShelf shelf(below);
  REQUIRE(shelf.add(snapshot_of(club.anna),
                    [](const Document& document) { return to_bytes(as_bytes(document.register_text(kTitle))); }));
  auto shown = Replica::open(shelf);
  REQUIRE(shown);
  const auto document = shown->document(kFirst).value();
  REQUIRE(document != nullptr);
  CHECK(document->text(kBody) == club.anna.document(kFirst)->text(kBody));
  CHECK(document->register_text(kTitle) == "Otsikko");
  CHECK(document->counter(kVotes) == 2);
  CHECK(document->list(kAgenda).size() == 1);
  CHECK(document->creator() == club.anna.document(kFirst)->creator());
  CHECK(as_text(shown->summary(kFirst).value().value()) == "Otsikko");
  CHECK(shown->edit(club.anna.author, WallMs(1), permit_all(),
                    [](ChangeBuilder& builder) { return builder.append_text(kFirst, kBody, "x"); }));
  CHECK(shown->flush().error().code == ErrorCode::invalid_state);
}

TEST_CASE("documents that are in no snapshot are shown from below, and a snapshot that is removed uncovers what lies there") {
  Two club;
  Peer own(7);
  own.edit([](ChangeBuilder& builder) { return builder.set_register(kFirst, kTitle, as_bytes("own")); });
  const auto draft = id_of<DocumentId>(0x77);
  own.edit([&](ChangeBuilder& builder) { return builder.set_register(draft, kTitle, as_bytes("draft")); });
  REQUIRE(own.held.flush());
  const auto title = [](const Document& document) { return to_bytes(as_bytes(document.register_text(kTitle))); };
  SnapshotShelf shelf(*own.shelf);
  REQUIRE(shelf.add(snapshot_of(club.anna), title));
  auto shown = Replica::open(shelf).value();
  CHECK(shown.document(kFirst).value()->register_text(kTitle) == "Otsikko");
  CHECK(shown.document(draft).value()->register_text(kTitle) == "draft");
  shelf.remove(Era(0));
  REQUIRE(shown.reload());
  CHECK(shown.document(kFirst).value()->register_text(kTitle) == "own");
  CHECK(shown.document(kSecond).value() == nullptr);
}

TEST_CASE("what was taken back is in no snapshot, and each has the documents of one era") {
  Two club;
  const auto taken = club.anna.edit([](ChangeBuilder& builder) { return builder.take_back(kFirst); });
  club.anna.in_log(taken);
  REQUIRE(club.anna.held.edit_in(Era(2), club.anna.author, WallMs(1), permit_all(), [](ChangeBuilder& builder) {
    return builder.append_text(id_of<DocumentId>(0x22), kBody, "later");
  }));
  const auto first = snapshot_of(club.anna);
  CHECK(first.documents.size() == 2);
  CHECK_FALSE(contains(first.encode(), "Otsikko"));
  CHECK_FALSE(contains(first.encode(), "later"));
  CHECK(snapshot_of(club.anna, Era(2)).documents.size() == 1);
}

TEST_CASE("a snapshot in another form, or of documents under other names, is refused whole") {
  Two club;
  const auto good = snapshot_of(club.anna);
  const auto bytes = good.encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(Snapshot::decode(BytesView(bytes).first(size)));
  auto newer = bytes;
  newer[1] = 99;
  CHECK(Snapshot::decode(newer).error().code == ErrorCode::unsupported_version);
  MemoryShelf below;
  SnapshotShelf shelf(below);
  auto swapped = good;
  std::swap(swapped.documents[kFirst], swapped.documents[kSecond]);
  CHECK(shelf.add(swapped, {}).error().code == ErrorCode::malformed);
  auto other_era = good;
  other_era.era = Era(1);
  CHECK(shelf.add(other_era, {}).error().code == ErrorCode::malformed);
  auto cut = good;
  cut.documents[kSecond].pop_back();
  CHECK_FALSE(shelf.add(cut, {}));
  CHECK(shelf.find(Era(0)) == nullptr);
}

TEST_CASE("the worked example of a snapshot is what the code writes") {
  Snapshot snapshot;
  snapshot.era = Era(0);
  const auto document = format_example("replica-document");
  snapshot.documents.emplace(id_of<DocumentId>(0x11), document);
  CHECK(to_hex(snapshot.encode()) == to_hex(format_example("replica-snapshot")));
}

// What one device did and could not send, done again by another of the same member.
#include "muistio/replica/redo.hpp"

#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kNote = id_of<DocumentId>(0x11), kOwn = id_of<DocumentId>(0x12), kRenamed = id_of<DocumentId>(0x13);

struct Homes {
  Peer old_home{1}, new_home{2}, other{3};
  RedoNames names;
  Homes() {
    new_home.author.member = old_home.author.member;
    names.from = old_home.author.device;
    const auto sent = old_home.edit([](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(kNote, kType));
      MUISTIO_CHECK(builder.add_to_set(kNote, kTags, as_bytes("yksi")));
      return builder.append_text(kNote, kBody, "lähetetty");
    });
    old_home.in_log(sent);
    new_home.take(sent, old_home.author);
    other.take(sent, old_home.author);
  }
  void redo(const Change& unsent) {
    const auto again = new_home.edit([&](ChangeBuilder& builder) { return builder.redo(unsent, names); });
    new_home.in_log(again);
    other.take(again, new_home.author);
  }
};
}  // namespace

TEST_CASE("what was not sent is done again with the same outcome, and others get it once") {
  Homes homes;
  std::vector<Change> unsent;
  unsent.push_back(homes.old_home.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes("Otsikko")));
    MUISTIO_CHECK(builder.add_to_set(kNote, kTags, as_bytes("kaksi")));
    MUISTIO_CHECK(builder.add_to_set(kNote, kTags, as_bytes("kolme")));
    return builder.append_text(kNote, kBody, ", ei lähetetty");
  }));
  // Takes away both what the log holds and what it does not.
  unsent.push_back(homes.old_home.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.remove_from_set(kNote, kTags, as_bytes("yksi")));
    MUISTIO_CHECK(builder.remove_from_set(kNote, kTags, as_bytes("kolme")));
    return builder.append_text(kNote, kBody, "!");
  }));
  for (const auto& change : unsent) homes.redo(change);
  for (auto* peer : {&homes.new_home, &homes.other}) {
    const auto note = peer->document(kNote);
    CHECK(note->text(kBody) == homes.old_home.document(kNote)->text(kBody));
    CHECK(note->register_text(kTitle) == "Otsikko");
    CHECK(note->set_values(kTags) == homes.old_home.document(kNote)->set_values(kTags));
    CHECK(note->set_values(kTags).size() == 1);
  }
  CHECK(homes.other.shows(kNote) == homes.new_home.shows(kNote));
}

TEST_CASE("counters and lists that were not sent are done again with the same outcome") {
  Homes homes;
  std::vector<Change> unsent;
  unsent.push_back(homes.old_home.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.add_to_counter(kNote, kVotes, 3));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 0, as_bytes("a")));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 1, as_bytes("b")));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 1, as_bytes("c")));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 3, as_bytes("d")));
    return ok();
  }));
  unsent.push_back(homes.old_home.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(const auto* note, builder.document(kNote));
    const auto list = note->list(kAgenda);
    MUISTIO_CHECK(builder.list_move(kNote, kAgenda, list[3].id, 0));
    MUISTIO_CHECK(builder.list_erase(kNote, kAgenda, list[1].id));
    return builder.add_to_counter(kNote, kVotes, -1);
  }));
  for (const auto& change : unsent) homes.redo(change);
  for (auto* peer : {&homes.old_home, &homes.new_home, &homes.other}) {
    std::string agenda;
    for (const auto& element : peer->document(kNote)->list(kAgenda)) agenda += std::string(as_text(element.value));
    CHECK(agenda == "dab");
    CHECK(peer->document(kNote)->counter(kVotes) == 2);
  }
  CHECK(homes.other.shows(kNote) == homes.new_home.shows(kNote));
}

TEST_CASE("a copy has the counters and lists of what it was copied from, once") {
  Peer from(1), to(2);
  from.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(kNote, kType));
    MUISTIO_CHECK(builder.add_to_counter(kNote, kVotes, 3));
    MUISTIO_CHECK(builder.append_text(kNote, kBody, std::string(kCopiedTextBytes + 10, 'x')));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 0, as_bytes("b")));
    MUISTIO_CHECK(builder.list_insert(kNote, kAgenda, 0, as_bytes("a")));
    return ok();
  });
  const auto original = from.document(kNote);
  for (bool whole = false; !whole;)
    to.edit([&](ChangeBuilder& builder) -> Status {
      MUISTIO_TRY(whole, builder.copy_next(*original, kOwn));
      return ok();
    });
  const auto copy = to.document(kOwn);
  CHECK(copy->counter(kVotes) == 3);
  REQUIRE(copy->list(kAgenda).size() == 2);
  CHECK(as_text(copy->list(kAgenda)[0].value) == "a");
  CHECK(as_text(copy->list(kAgenda)[1].value) == "b");
  CHECK(copy->text(kBody) == original->text(kBody));
}

TEST_CASE("a document whose id names its maker gets the new maker's, and later changes follow it there") {
  Homes homes;
  homes.names.created = [](const DocumentId& id, DocumentType) { return id == kOwn ? kRenamed : id; };
  const auto made = homes.old_home.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(kOwn, kType));
    return builder.append_text(kOwn, kBody, "oma");
  });
  const auto later = homes.old_home.edit([](ChangeBuilder& builder) { return builder.append_text(kOwn, kBody, " ja lisää"); });
  homes.redo(made);
  homes.redo(later);
  CHECK(homes.other.document(kOwn) == nullptr);
  REQUIRE(homes.other.document(kRenamed) != nullptr);
  CHECK(homes.other.document(kRenamed)->text(kBody) == "oma ja lisää");
}

TEST_CASE("a passage taken back, of what was sent and what was not, is gone for all") {
  Homes homes;
  const auto added = homes.old_home.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, " SALAISUUS"); });
  const auto text = homes.old_home.document(kNote)->text(kBody);
  const auto taken = homes.old_home.edit([&](ChangeBuilder& builder) { return builder.take_back_passage(kNote, kBody, 8, 6); });
  homes.redo(added);
  homes.redo(taken);
  CHECK(homes.other.document(kNote)->text(kBody) == homes.old_home.document(kNote)->text(kBody));
  CHECK(homes.other.document(kNote)->text(kBody) != text);
}

TEST_CASE("only changes of the device named are done again") {
  Homes homes;
  const auto strange = homes.other.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, "x"); });
  auto refused = homes.new_home.held.edit(homes.new_home.author, WallMs(5000), permit_all(),
                                          [&](ChangeBuilder& builder) { return builder.redo(strange, homes.names); });
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::invalid_argument);
}

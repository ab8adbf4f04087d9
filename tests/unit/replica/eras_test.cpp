// Documents of several eras in one replica, and what is stated anew when one begins.
#include "muistio/replica/payload.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kOld = id_of<DocumentId>(1), kNew = id_of<DocumentId>(2), kNames = id_of<DocumentId>(3);

std::function<Status(ChangeBuilder&)> write_in(const DocumentId& id, const std::string& text) {
  return [id, text](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(id, kType));
    return builder.append_text(id, kBody, text);
  };
}
std::function<Status(ChangeBuilder&)> name_in(const DocumentId& id, const std::string& name) {
  return [id, name](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(id, kType));
    MUISTIO_CHECK(builder.add_to_set(id, kTags, as_bytes(name)));
    return builder.set_register(id, kTitle, as_bytes(name));
  };
}
std::vector<Written> edit_in(Peer& peer, Era era, const std::function<Status(ChangeBuilder&)>& edits) {
  auto made = peer.held.edit_in(era, peer.author, WallMs(++peer.wall), peer.judge, edits);
  REQUIRE(made);
  return *made;
}
void take(Peer& peer, const std::vector<Written>& written, const Peer& from) {
  for (const auto& each : written) {
    auto applied = peer.held.apply(each.change, from.author, peer.judge, each.era);
    INFO((applied ? std::string() : applied.error().message()));
    REQUIRE(applied);
  }
}
Baseline state_anew(Peer& peer, Era era) {
  const DocumentId documents[] = {kNames, kNew};
  auto made = peer.held.state_anew(era, peer.author, WallMs(++peer.wall), documents);
  REQUIRE(made);
  REQUIRE(made->has_value());
  return **made;
}
}  // namespace

TEST_CASE("an edit of documents of two eras is one change in each, with its own number and past") {
  Peer anna(1), bert(2);
  take(bert, edit_in(anna, Era(0), write_in(kOld, "old")), anna);
  const auto both = edit_in(anna, Era(1), [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.append_text(kOld, kBody, " late"));
    MUISTIO_CHECK(builder.create(kNew, kType));
    return builder.append_text(kNew, kBody, "new");
  });
  REQUIRE(both.size() == 2);
  CHECK(both[0].era == Era(0));
  CHECK(both[0].change.number == 2);
  CHECK(both[1].era == Era(1));
  CHECK(both[1].change.number == 1);
  CHECK(both[1].change.lamport == Lamport(1));
  take(bert, both, anna);
  CHECK(bert.shows(kOld) == anna.shows(kOld));
  CHECK(bert.shows(kNew) == anna.shows(kNew));

  SECTION("who holds nothing of the earlier era takes the later one whole") {
    Peer cilla(3);
    take(cilla, {both[1]}, anna);
    CHECK(cilla.shows(kNew) == anna.shows(kNew));
    CHECK(cilla.document(kOld) == nullptr);
    REQUIRE(anna.held.mark_in_log(both[1].change.id(), Era(1)));
    take(anna, edit_in(cilla, Era(1), [](ChangeBuilder& builder) { return builder.append_text(kNew, kBody, "!"); }), cilla);
    CHECK(cilla.shows(kNew) == anna.shows(kNew));
  }
  SECTION("it survives its rows") {
    REQUIRE(anna.held.flush());
    auto again = Replica::open(*anna.shelf).value();
    CHECK(again.eras() == std::vector<Era>{Era(0), Era(1)});
    for (const auto era : again.eras()) CHECK(again.causality(era) == anna.held.causality(era));
    CHECK(again.document(kNew).value()->era() == Era(1));
    CHECK(shown(again.document(kNew).value().get()) == anna.shows(kNew));
  }
}

TEST_CASE("an op on a document of another era is passed over") {
  Peer anna(1), bert(2);
  take(bert, edit_in(anna, Era(0), write_in(kOld, "old")), anna);
  const auto before = bert.shows(kOld);
  Peer stranger(3);
  const auto forged = edit_in(stranger, Era(1), write_in(kOld, "mine now"));
  const auto applied = bert.held.apply(forged.front().change, stranger.author, bert.judge, Era(1)).value();
  CHECK(applied.refused_ops == forged.front().change.ops.size());
  CHECK(bert.shows(kOld) == before);
}

TEST_CASE("a baseline states registers and sets for those who hold nothing older") {
  Peer anna(1), bert(2), cilla(3);
  take(bert, edit_in(anna, Era(0), name_in(kNames, "Klubi")), anna);
  take(bert, edit_in(anna, Era(0), [](ChangeBuilder& builder) { return builder.append_text(kNames, kBody, "never told"); }), anna);
  const auto baseline = state_anew(anna, Era(1));
  REQUIRE(Baseline::decode(baseline.encode()).value() == baseline);
  for (auto* peer : {&bert, &cilla}) {
    const auto applied = peer->held.apply_baseline(baseline, anna.author, peer->judge, Era(1), peer->author.device).value();
    CHECK(applied.documents == std::vector<DocumentId>{kNames});
    CHECK(applied.superseded.empty());
    CHECK(peer->shows(kNames) == anna.shows(kNames));
    CHECK(peer->document(kNames)->text(kBody).empty());
    CHECK(peer->document(kNames)->register_text(kTitle) == "Klubi");
    CHECK(peer->document(kNames)->creator()->member == anna.author.member);
    CHECK(peer->held.apply_baseline(baseline, anna.author, peer->judge, Era(1), peer->author.device).value().duplicate);
  }

  SECTION("later edits go on from it") {
    REQUIRE(anna.held.mark_in_log(baseline.change.id(), Era(1)));
    const auto renamed = edit_in(bert, Era(1), name_in(kNames, "Kerho"));
    take(anna, renamed, bert);
    take(cilla, renamed, bert);
    CHECK(cilla.document(kNames)->register_text(kTitle) == "Kerho");
    CHECK(cilla.shows(kNames) == anna.shows(kNames));
  }
  SECTION("the documents' earlier era is over for good") {
    Peer other(6);
    const auto first = edit_in(other, Era(0), name_in(kNames, "other"));
    const auto before = anna.shows(kNames);
    CHECK(anna.held.apply(first.front().change, other.author, anna.judge, Era(0)).value().refused_ops == 3);
    CHECK(anna.shows(kNames) == before);
  }
}

TEST_CASE("what a device wrote and a baseline lacks is named, to be written again") {
  Peer anna(1), bert(2);
  const auto named = edit_in(anna, Era(0), name_in(kNames, "Klubi"));
  take(bert, named, anna);
  REQUIRE(anna.held.mark_in_log(named.front().change.id()));
  edit_in(bert, Era(0), name_in(kNames, "Bertin klubi"));
  const auto baseline = state_anew(anna, Era(1));
  const auto applied = bert.held.apply_baseline(baseline, anna.author, bert.judge, Era(1), bert.author.device).value();
  REQUIRE(applied.superseded.size() == 2);
  CHECK(applied.superseded[0].kind == OpKind::set_register);
  CHECK(applied.superseded[0].field == kTitle);
  CHECK(as_text(applied.superseded[0].value) == "Bertin klubi");
  CHECK(applied.superseded[1].kind == OpKind::set_add);
  CHECK(bert.document(kNames)->register_text(kTitle) == "Klubi");
}

TEST_CASE("a baseline states counters by who added and lists in their order, and what it lacks of both is written again") {
  Peer anna(1), bert(2), cilla(3);
  const auto first = edit_in(anna, Era(0), [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(kNames, kType));
    MUISTIO_CHECK(builder.list_insert(kNames, kAgenda, 0, as_bytes("muut")));
    MUISTIO_CHECK(builder.list_insert(kNames, kAgenda, 0, as_bytes("avaus")));
    return builder.add_to_counter(kNames, kVotes, 5);
  });
  REQUIRE(anna.held.mark_in_log(first.front().change.id()));
  take(bert, first, anna);
  take(anna, edit_in(bert, Era(0), [](ChangeBuilder& builder) { return builder.add_to_counter(kNames, kVotes, -2); }), bert);
  // What Bert writes now, Anna does not see before the era begins.
  edit_in(bert, Era(0), [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.list_insert(kNames, kAgenda, 1, as_bytes("talous")));
    return builder.add_to_counter(kNames, kVotes, -10);
  });
  const auto baseline = state_anew(anna, Era(1));
  CHECK(baseline.adders == std::vector<Adder>{{anna.author.member, anna.author.device}, {bert.author.member, bert.author.device}});
  REQUIRE(Baseline::decode(baseline.encode()).value() == baseline);
  REQUIRE(anna.held.mark_in_log(baseline.change.id(), Era(1)));
  const auto at_cilla = cilla.held.apply_baseline(baseline, anna.author, cilla.judge, Era(1), cilla.author.device).value();
  CHECK(at_cilla.superseded.empty());
  CHECK(cilla.document(kNames)->counter(kVotes) == 3);
  const auto at_bert = bert.held.apply_baseline(baseline, anna.author, bert.judge, Era(1), bert.author.device).value();
  REQUIRE(at_bert.superseded.size() == 2);
  CHECK(bert.shows(kNames) == cilla.shows(kNames));
  const auto again = edit_in(bert, Era(1), [&](ChangeBuilder& builder) -> Status {
    for (const auto& lost : at_bert.superseded) MUISTIO_CHECK(builder.write_again(lost));
    return ok();
  });
  take(anna, again, bert);
  take(cilla, again, bert);
  for (auto* peer : {&anna, &bert, &cilla}) {
    CHECK(peer->document(kNames)->counter(kVotes) == -7);
    std::string agenda;
    for (const auto& element : peer->document(kNames)->list(kAgenda)) agenda += std::string(as_text(element.value)) + " ";
    CHECK(agenda == "avaus muut talous ");
    CHECK(peer->shows(kNames) == anna.shows(kNames));
  }
}

TEST_CASE("a baseline whose ops the judge refuses takes nothing away") {
  Peer anna(1), bert(2);
  take(bert, edit_in(anna, Era(0), name_in(kNames, "Klubi")), anna);
  const auto before = bert.shows(kNames);
  const auto baseline = state_anew(anna, Era(1));
  const Judge nobody = [](const Op&, const Author&, const Document*) { return false; };
  const auto applied = bert.held.apply_baseline(baseline, anna.author, nobody, Era(1), bert.author.device).value();
  CHECK(applied.refused_ops == baseline.change.ops.size());
  CHECK(bert.shows(kNames) == before);
}

TEST_CASE("a baseline of other ops, of documents without origin, or of two changes is malformed") {
  Peer anna(1);
  edit_in(anna, Era(0), name_in(kNames, "Klubi"));
  const auto good = state_anew(anna, Era(1));
  REQUIRE(Baseline::decode(good.encode()));
  const auto refused = [&](const std::function<void(Baseline&)>& change) {
    auto bad = good;
    change(bad);
    return Baseline::decode(bad.encode()).error().code;
  };
  CHECK(refused([](Baseline& bad) { bad.origins.clear(); }) == ErrorCode::malformed);
  CHECK(refused([](Baseline& bad) { bad.origins.push_back(bad.origins.front()); }) == ErrorCode::malformed);
  CHECK(refused([](Baseline& bad) { bad.change.ops.push_back(make_text(kNames, kBody, {})); }) == ErrorCode::malformed);
  CHECK(refused([](Baseline& bad) { bad.change.ops.push_back(make_take_back_document(kNames)); }) == ErrorCode::malformed);
  auto bytes = good.encode();
  bytes.front() = 2;
  CHECK(Baseline::decode(bytes).error().code == ErrorCode::unsupported_version);
  for (std::size_t size = 0; size + 1 < bytes.size(); ++size) CHECK_FALSE(Baseline::decode(BytesView(good.encode()).first(size)));
}

TEST_CASE("drafts move to the era of admission with their rows") {
  Peer anna(1);
  edit_in(anna, Era(0), write_in(kOld, "draft"));
  edit_in(anna, Era(0), name_in(kNames, "Anna"));
  REQUIRE(anna.held.flush());
  REQUIRE(anna.held.move_drafts(Era(4)));
  REQUIRE(anna.held.flush());
  auto again = Replica::open(*anna.shelf).value();
  CHECK(again.eras() == std::vector<Era>{Era(4)});
  CHECK(again.causality(Era(4)).last_number(anna.author.device) == 2);
  CHECK(again.causality(Era(0)).last_number(anna.author.device) == 0);
  CHECK(again.document(kOld).value()->era() == Era(4));
  CHECK(again.document(kOld).value()->text(kBody) == "draft");
  const auto more = edit_in(anna, Era(4), write_in(kOld, "!"));
  CHECK(more.front().change.number == 3);
}

TEST_CASE("what its owner may begin anew goes into the later era as it stands, once") {
  const Judge owner = [](const Op& op, const Author&, const Document*) { return op.document == kNames; };
  ReplicaOptions options;
  options.begins_anew = owner;
  Peer anna(1, options), newcomer(2, options);
  edit_in(anna, Era(0), name_in(kNames, "Anna"));
  edit_in(anna, Era(0), [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.list_insert(kNames, kAgenda, 0, as_bytes("avaus")));
    return builder.add_to_counter(kNames, kVotes, 2);
  });
  edit_in(anna, Era(0), write_in(kOld, "before"));
  const auto again = [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.begin_anew(kNames));
    return builder.begin_anew(kOld);
  };
  take(newcomer, edit_in(anna, Era(1), again), anna);
  CHECK(newcomer.shows(kNames) == anna.shows(kNames));
  CHECK(newcomer.document(kNames)->counter(kVotes) == 2);
  CHECK(newcomer.document(kNames)->list(kAgenda).size() == 1);
  CHECK(newcomer.document(kNames)->era() == Era(1));
  CHECK(anna.document(kNames)->era() == Era(1));
  CHECK(anna.document(kOld)->era() == Era(0));
  CHECK(edit_in(anna, Era(1), again).empty());
}

TEST_CASE("a document begins anew in a later era if its owner may") {
  const Judge owner = [](const Op& op, const Author& author, const Document*) {
    return op.document == kNames && author.role == Role::host;
  };
  ReplicaOptions options;
  options.begins_anew = owner;
  Peer anna(1, options), back(2);
  edit_in(anna, Era(0), name_in(kNames, "before"));
  edit_in(anna, Era(0), write_in(kOld, "before"));
  back.author.role = Role::host;
  take(anna, edit_in(back, Era(1), name_in(kNames, "back")), back);
  CHECK(anna.shows(kNames) == back.shows(kNames));
  take(anna, edit_in(back, Era(1), write_in(kOld, "mine")), back);
  CHECK(anna.document(kOld)->text(kBody) == "before");
}

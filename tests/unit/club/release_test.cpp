// What a club tells the programme: who may say what, and what counts on every device.
#include "muistio/club/release.hpp"

#include <catch2/catch.hpp>

#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

const SpaceId kClub = SpaceId::from_bytes(Bytes(16, 7)).value();
const SpaceId kDesk = SpaceId::from_bytes(Bytes(16, 9)).value();

struct Voice : SeasonPeer {
  crypto::SigningKey key;
  Voice(std::uint8_t number, Role role = Role::member) : SeasonPeer(number, role), key(key_of(number)) {
    author.device = device_of(key);
  }
  [[nodiscard]] Consent consent(const DocumentId& release, bool agrees, const Hash& content, const SpaceId& club = kClub) const {
    return {release, agrees, content, key.verify_key(),
            key.sign(kConsentLabel, {club.view(), consent_fields(release, agrees, content)})};
  }
  Logged says(const Consent& consent) {
    return make([&](ChangeBuilder& builder) { return say_consent(builder, consent); });
  }
  [[nodiscard]] LedgerLine line(const DocumentId& release, const Hash& content) const {
    const auto note = DocumentId::from_bytes(Bytes(16, 3)).value();
    return {release,
            content,
            kDesk,
            note,
            key.verify_key(),
            key.sign(kLedgerLabel, {kClub.view(), release.view(), content.view(), kDesk.view(), note.view()})};
  }
  std::vector<ReleaseItem> releases() { return list_releases(held, records(), kClub).value(); }
};

struct Draft {
  DocumentId id;
  Logged change;
  Hash content;
};

Draft draft(Voice& maker, const std::string& text, std::vector<MemberId> named) {
  Draft made;
  made.change = maker.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(made.id, draft_release(builder, maker.random, {text, kDesk, ReleaseKind::training, named}));
    return ok();
  });
  made.content = release_content(text, kDesk, made.id);
  return made;
}

}  // namespace

TEST_CASE("who is named in a release agrees to exactly its text, and a changed text asks again") {
  Voice host(1, Role::host), anna(2), jan(3), reader(4);
  const auto made = draft(host, "Anna tarvitsee koulutusta.", {anna.author.member});
  std::vector<Logged> log = {made.change};
  for (auto* peer : {&host, &anna, &jan}) peer->take_all({made.change});
  log.push_back(anna.says(anna.consent(made.id, true, made.content)));
  log.push_back(jan.says(jan.consent(made.id, true, made.content)));  // not named: says nothing
  CHECK(reader.take_all(log) == 0);
  auto seen = reader.releases();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].named == std::vector{anna.author.member});
  CHECK(seen[0].agreed == std::vector{anna.author.member});
  CHECK(seen[0].kind == ReleaseKind::training);

  host.take_all({log[1]});
  const auto edited =
      host.make([&](ChangeBuilder& builder) { return edit_release(builder, made.id, "Anna tarvitsee paljon koulutusta."); });
  CHECK(reader.take_all({edited}) == 0);
  CHECK(reader.releases()[0].agreed.empty());
  anna.take_all({log[2], edited});
  const auto again = anna.says(anna.consent(made.id, false, release_content("Anna tarvitsee paljon koulutusta.", kDesk, made.id)));
  CHECK(reader.take_all({again}) == 0);
  CHECK(reader.releases()[0].refused == std::vector{anna.author.member});
}

TEST_CASE("an agreement signed by another device, for another club or under another's name counts nowhere") {
  Voice host(1, Role::host), anna(2), rogue(3), reader(4);
  const auto made = draft(host, "x", {anna.author.member});
  for (auto* peer : {&anna, &rogue, &reader}) peer->take_all({made.change});
  const auto for_other_club = anna.says(anna.consent(made.id, true, made.content, kDesk));
  CHECK(reader.take_all({for_other_club}) == 0);
  CHECK(reader.releases()[0].agreed.empty());
  // Anna's own signature, brought in by another member under his own document, and in hers.
  const auto stolen = anna.consent(made.id, true, made.content);
  const auto bytes = encode_consent(stolen);
  const auto own_id = statement_id(kConsent, made.id.view(), rogue.author.device);
  const auto her_id = statement_id(kConsent, made.id.view(), anna.author.device);
  const auto put = [&](const DocumentId& id) {
    return rogue.cheat([&](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(id, kConsent));
      return builder.set_register(id, kConsentTo, bytes);
    });
  };
  CHECK(reader.take_all({put(own_id)}) == 1);
  CHECK(reader.take_all({put(her_id)}) == 2);
  CHECK(reader.releases()[0].agreed.empty());
  const auto honest = anna.says(stolen);
  CHECK(reader.take_all({honest}) == 0);
  CHECK(reader.releases()[0].agreed == std::vector{anna.author.member});
}

TEST_CASE("any member stops a text and lets it go again, and nobody does it for another") {
  Voice host(1, Role::host), anna(2), rogue(3), reader(4);
  const auto made = draft(host, "x", {});
  for (auto* peer : {&anna, &rogue, &reader}) peer->take_all({made.change});
  const auto stopped =
      anna.make([&](ChangeBuilder& builder) { return say_stop(builder, made.id, true, made.content, "liian tarkka"); });
  CHECK(reader.take_all({stopped}) == 0);
  REQUIRE(reader.releases()[0].stopped_by.size() == 1);
  CHECK(reader.releases()[0].stopped_by[0] == Objection{anna.author.member, "liian tarkka"});
  // The host cannot take her word back, nor another write in it.
  const auto id = statement_id(kStop, made.id.view(), anna.author.device);
  host.take_all({stopped});
  const auto gone = host.cheat([&](ChangeBuilder& builder) { return builder.take_back(id); });
  CHECK(reader.take_all({gone}) == 1);
  rogue.take_all({stopped});
  const auto freed = Writer().raw(made.id.view()).u8(0).raw(made.content.view()).bytes();
  const auto forged = rogue.cheat([&](ChangeBuilder& builder) { return builder.set_register(id, kStopOf, freed); });
  CHECK(reader.take_all({forged}) == 1);
  CHECK(reader.releases()[0].stopped_by.size() == 1);
  const auto allowed = anna.make([&](ChangeBuilder& builder) { return say_stop(builder, made.id, false, made.content, ""); });
  CHECK(reader.take_all({allowed}) == 0);
  CHECK(reader.releases()[0].stopped_by.empty());
}

TEST_CASE("only hosts write the ledger, each line signed by its own device, and only hosts mark it withdrawn") {
  Voice host(1, Role::host), other(5, Role::host), rogue(3), reader(4);
  const auto made = draft(host, "x", {});
  for (auto* peer : {&other, &rogue, &reader}) peer->take_all({made.change});
  DocumentId line;
  const auto write = [&](Voice& by, const LedgerLine& what, bool cheats) {
    const auto edits = [&](ChangeBuilder& builder) -> Status {
      MUISTIO_TRY(line, write_ledger(builder, by.random, what));
      return ok();
    };
    return cheats ? by.cheat(edits) : by.make(edits);
  };
  CHECK(reader.take_all({write(rogue, rogue.line(made.id, made.content), true)}) == 2);
  CHECK(reader.take_all({write(other, host.line(made.id, made.content), true)}) == 1);  // another's signature
  CHECK(reader.releases()[0].sent.empty());
  const auto sent = write(host, host.line(made.id, made.content), false);
  CHECK(reader.take_all({sent}) == 0);
  REQUIRE(reader.releases()[0].sent.size() == 1);
  CHECK(reader.releases()[0].sent[0].by == host.author.member);
  CHECK_FALSE(reader.releases()[0].sent[0].withdrawn);
  rogue.take_all({sent});
  CHECK(reader.take_all({rogue.cheat([&](ChangeBuilder& builder) { return mark_withdrawn(builder, line); })}) == 1);
  other.take_all({sent});
  CHECK(reader.take_all({other.make([&](ChangeBuilder& builder) { return mark_withdrawn(builder, line); })}) == 0);
  CHECK(reader.releases()[0].sent[0].withdrawn);
}

TEST_CASE("the text, the desk and the names of a release are its device's own, and have their form") {
  Voice host(1, Role::host), rogue(3), reader(4);
  const auto made = draft(rogue, "x", {});
  host.take_all({made.change});
  reader.take_all({made.change});
  for (const auto field : {kReleaseText, kReleaseDesk, kReleaseNamed, kReleaseKind})
    CHECK(reader.take_all(
              {host.cheat([&](ChangeBuilder& builder) { return builder.set_register(made.id, field, Bytes(16, 1)); })}) == 1);
  const auto own = [&](FieldId field, Bytes value) {
    return rogue.cheat([&](ChangeBuilder& builder) { return builder.set_register(made.id, field, value); });
  };
  CHECK(reader.take_all({own(kReleaseText, {})}) == 1);
  CHECK(reader.take_all({own(kReleaseText, Bytes(kReleaseBytesMax + 1, 'a'))}) == 1);
  CHECK(reader.take_all({own(kReleaseText, {0xff})}) == 1);
  CHECK(reader.take_all({own(kReleaseNamed, Bytes(31, 1))}) == 1);
  CHECK(reader.take_all({own(kReleaseNamed, Bytes(64, 1))}) == 1);  // one twice
  CHECK(reader.take_all({own(kReleaseKind, {5})}) == 1);
  CHECK(reader.take_all({own(kReleaseText, {'y'})}) == 0);
  CHECK(reader.releases()[0].text == "y");
}

TEST_CASE("a content is of one text, one desk and one release, and a word that is cut or longer is none") {
  Voice anna(2);
  const auto release = DocumentId::from_bytes(Bytes(16, 4)).value();
  const auto content = release_content("the text", kDesk, release);
  CHECK(content == release_content("the text", kDesk, release));
  CHECK(content != release_content("the text.", kDesk, release));
  CHECK(content != release_content("the text", kClub, release));
  CHECK(content != release_content("the text", kDesk, DocumentId::from_bytes(Bytes(16, 5)).value()));
  const auto consent = anna.consent(release, true, content);
  const auto whole = encode_consent(consent);
  REQUIRE(decode_consent(whole, anna.author.device));
  CHECK(encode_consent(*decode_consent(whole, anna.author.device)) == whole);
  CHECK(verify_consent(kClub, consent));
  CHECK_FALSE(verify_consent(kDesk, consent));
  CHECK_FALSE(decode_consent(BytesView(whole).first(whole.size() - 1), anna.author.device));
  auto longer = whole;
  longer.push_back(0);
  CHECK_FALSE(decode_consent(longer, anna.author.device));
  CHECK_FALSE(decode_consent(whole, Voice(3).author.device));
  const auto line = anna.line(release, content);
  const auto written = encode_ledger_line(line);
  REQUIRE(decode_ledger_line(written, anna.author.device));
  CHECK(encode_ledger_line(*decode_ledger_line(written, anna.author.device)) == written);
  CHECK(verify_ledger_line(kClub, line));
  CHECK_FALSE(verify_ledger_line(kDesk, line));
  CHECK_FALSE(decode_ledger_line(BytesView(written).first(written.size() - 1), anna.author.device));
}

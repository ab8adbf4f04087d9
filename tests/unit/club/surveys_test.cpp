#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "muistio/club/settings.hpp"
#include "muistio/club/survey.hpp"
#include "season_peer.hpp"

using namespace muistio;
using namespace muistio::club;
using namespace muistio::test;
using replica::ChangeBuilder;

namespace {

SurveyPlan plan_of(SurveyKind kind, std::optional<MemberId> keeper = {}, std::uint64_t minimum = 3) {
  SurveyPlan plan;
  plan.kind = kind;
  plan.title = "Miten meni?";
  plan.minimum = minimum;
  plan.keeper = keeper;
  plan.questions = {{QuestionForm::scale, "Kuinka voit?", 5, {}},
                    {QuestionForm::any, "Mistä lisää?", 0, {"Myynti", "Vienti"}},
                    {QuestionForm::text, "Muuta?", 0, {}}};
  return plan;
}

SurveyAnswers answers(std::uint64_t number, std::vector<std::size_t> choices = {}, std::string text = {}) {
  return {{number, {}, {}}, {0, std::move(choices), {}}, {0, {}, std::move(text)}};
}

Logged ask(SeasonPeer& peer, DocumentId& id, const SurveyPlan& plan) {
  return peer.make([&](ChangeBuilder& builder) -> Status {
    MUISTIO_TRY(id, create_survey(builder, peer.random, plan));
    return ok();
  });
}

/// What stands for sealing here: the member's id before the content. The real one is the space's (space tests, surveys_cli_test).
Bytes seal(const MemberId& member, BytesView content) { return Writer().raw(member.view()).raw(content).bytes(); }
Result<OpenedAnswer> unseal(BytesView sealed) {
  const auto member = MemberId::from_bytes(sealed.first(MemberId::size_bytes)).value();
  return OpenedAnswer{member, to_bytes(sealed.subspan(MemberId::size_bytes))};
}

Logged answer(SeasonPeer& peer, const DocumentId& id, const SurveyPlan& plan, const SurveyAnswers& given, bool sealed = false) {
  auto content = encode_answers(plan, given).value();
  if (sealed) content = seal(peer.author.member, sealed_content(id, plan, content));
  const auto records = peer.records();
  return peer.make([&](ChangeBuilder& builder) { return give_answer(builder, records, id, sealed, content); });
}

Logged close(SeasonPeer& peer, const DocumentId& id) {
  const auto records = peer.records();
  return peer.make([&](ChangeBuilder& builder) { return close_survey(builder, records, id); });
}

SurveyItem shown(SeasonPeer& peer, const DocumentId& id) { return find_survey(peer.records(), id).value(); }
SurveyResult result(SeasonPeer& peer, const DocumentId& id) { return survey_result(shown(peer, id), 3).value(); }

struct Club {
  SeasonPeer host{1, Role::host}, anna{2}, bram{3}, cid{4}, eve{6}, reader{5};
  std::vector<SeasonPeer*> all{&host, &anna, &bram, &cid, &eve};
  std::vector<Logged> log;
  void tell(Logged made) {
    for (auto* peer : all) peer->take_all({made});
    reader.take_all({made});
    log.push_back(std::move(made));
  }
};

}  // namespace

TEST_CASE("results are shown from the minimum of answers on, each member's latest answer once") {
  Club club;
  const auto plan = plan_of(SurveyKind::feedback);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  club.tell(answer(club.anna, id, plan, answers(1)));
  club.tell(answer(club.anna, id, plan, answers(4, {0}, "Hyvä")));
  club.tell(answer(club.bram, id, plan, answers(5, {0, 1})));
  SECTION("two are too few") {
    club.tell(close(club.anna, id));
    const auto few = result(club.reader, id);
    CHECK_FALSE(few.enough);
    CHECK(few.named.empty());
    CHECK(few.tally == empty_tally(plan));
  }
  SECTION("three are enough, where three answered the question") {
    club.tell(answer(club.cid, id, plan, answers(3)));
    CHECK(survey_result(shown(club.reader, id), 3).error().code == ErrorCode::invalid_state);
    club.tell(close(club.anna, id));
    const auto enough = result(club.reader, id);
    CHECK(enough.enough);
    CHECK(enough.tally.questions[0] == QuestionTally{3, 12, {}});
    CHECK(enough.tally.questions[1].answered == 0);
    REQUIRE(enough.named.size() == 3);
    CHECK(enough.named[0].answers[2].text == "Hyvä");
    CHECK_FALSE(survey_result(shown(club.reader, id), 4).value().enough);
  }
}

TEST_CASE("a survey is closed by whoever made it or a host: nobody else, and nobody answers for another") {
  Club club;
  const auto plan = plan_of(SurveyKind::workplace);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  club.tell(answer(club.bram, id, plan, answers(5)));
  const auto records = club.eve.records();
  const auto end = [&](ChangeBuilder& builder) { return close_survey(builder, records, id); };
  CHECK(club.eve.refusal(end) == ErrorCode::not_permitted);
  CHECK(club.reader.take_all({club.eve.cheat(end)}) == 1);
  CHECK_FALSE(shown(club.reader, id).closed);
  const auto brams = shown(club.reader, id).answers[0].document;
  const auto value = Writer().raw(id.view()).raw(Bytes(16, 1)).varint(9).u8(1).bytes();
  CHECK(club.reader.take_all(
            {club.eve.cheat([&](ChangeBuilder& builder) { return builder.add_to_set(brams, kSurveyGiven, value); })}) == 1);
  const auto held = club.eve.document(brams)->set_values(kSurveyGiven).front();
  CHECK(club.reader.take_all(
            {club.eve.cheat([&](ChangeBuilder& builder) { return builder.remove_from_set(brams, kSurveyGiven, held); })}) == 1);
  CHECK(shown(club.reader, id).answers.size() == 1);
  const auto takes = [&](ChangeBuilder& builder) { return builder.take_back(brams); };
  CHECK(club.host.refusal(takes) == ErrorCode::not_permitted);
  CHECK(club.reader.take_all({close(club.host, id)}) == 0);
  CHECK(shown(club.reader, id).closed_by == club.host.author.member);
}

TEST_CASE("a survey closed on one phone and answered on another ends with what the closing counted, on every phone") {
  Club club;
  const auto plan = plan_of(SurveyKind::topics);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  for (auto* peer : {&club.anna, &club.bram, &club.cid}) club.tell(answer(*peer, id, plan, answers(2)));
  const auto before = club.log;
  const std::vector<Logged> meanwhile{close(club.anna, id), answer(club.bram, id, plan, answers(5)),
                                      answer(club.eve, id, plan, answers(5))};
  const auto item = same_in_every_order(before, meanwhile, [&](SeasonPeer& peer) { return shown(peer, id); });
  CHECK(item.closed);
  CHECK(item.answers.size() == 3);
  CHECK(item.late == std::vector{club.bram.author.member, club.eve.author.member});
  const auto came = survey_result(item, 3).value();
  CHECK(came.tally.questions[0] == QuestionTally{3, 6, {}});
  // Once the closing is known, no more is taken; before, it is.
  for (const auto& each : meanwhile) club.reader.take_all({each});
  const auto records = club.reader.records();
  const auto content = encode_answers(plan, answers(1)).value();
  CHECK(club.reader.refusal([&](ChangeBuilder& builder) { return give_answer(builder, records, id, false, content); }) ==
        ErrorCode::invalid_state);
}

TEST_CASE("two closings made at once leave one, the same on every phone") {
  Club club;
  const auto plan = plan_of(SurveyKind::topics);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  for (auto* peer : {&club.anna, &club.bram, &club.cid}) club.tell(answer(*peer, id, plan, answers(2)));
  const auto by_maker = close(club.anna, id);
  const auto more = answer(club.eve, id, plan, answers(5));
  club.host.take_all({more});
  auto before = club.log;
  before.push_back(more);
  const auto item =
      same_in_every_order(before, {by_maker, close(club.host, id)}, [&](SeasonPeer& peer) { return shown(peer, id); });
  CHECK(item.closed_by == club.host.author.member);
  CHECK(item.answers.size() == 4);
}

TEST_CASE("wellbeing is answered sealed, and the club sees the sums that the keeper's device made of enough answers") {
  Club club;
  const auto plan = plan_of(SurveyKind::wellbeing, club.host.author.member);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  const auto named = encode_answers(plan, answers(5)).value();
  const auto records = club.bram.records();
  CHECK(club.bram.refusal([&](ChangeBuilder& builder) { return give_answer(builder, records, id, false, named); }) ==
        ErrorCode::invalid_argument);
  for (auto* peer : {&club.anna, &club.bram}) club.tell(answer(*peer, id, plan, answers(4, {0}), true));
  const auto of_cid = answer(club.cid, id, plan, answers(1, {1}), true);
  SECTION("of two there are no sums") {
    club.tell(close(club.anna, id));
    CHECK_FALSE(tally_sealed(shown(club.host, id), 3, unseal));
  }
  SECTION("of three there are; a question that fewer answered shows none") {
    club.tell(of_cid);
    CHECK_FALSE(tally_sealed(shown(club.host, id), 3, unseal));  // open
    club.tell(close(club.anna, id));
    CHECK(result(club.reader, id).unnamed_hidden == 3);
    const auto item = shown(club.host, id);
    CHECK_FALSE(tally_sealed(item, 4, unseal));
    const auto tally = tally_sealed(item, 3, unseal).value();
    // Another than the keeper publishes nothing that counts.
    CHECK(club.eve.refusal([&](ChangeBuilder& builder) { return publish_sums(builder, item, tally); }) == ErrorCode::not_permitted);
    const auto eves = statement_id(kSurveySums, id.view(), club.eve.author.device);
    club.tell(club.eve.cheat([&](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(eves, kSurveySums));
      return builder.set_register(eves, kSurveySummed, Writer().raw(id.view()).raw(item.closing).raw(encode_tally(tally)).bytes());
    }));
    CHECK_FALSE(shown(club.reader, id).keepers);
    club.tell(club.host.make([&](ChangeBuilder& builder) { return publish_sums(builder, item, tally); }));
    const auto came = result(club.reader, id);
    CHECK(came.enough);
    CHECK(came.unnamed_hidden == 0);
    CHECK(came.named.empty());
    CHECK(came.tally.questions[0] == QuestionTally{3, 9, {}});
    CHECK(came.tally.questions[1].counts == std::vector<std::uint64_t>{2, 1});
    CHECK_FALSE(tally_sealed(shown(club.host, id), 3, unseal));  // once only
  }
}

TEST_CASE("an answer sealed by another, or for another survey, is not counted") {
  Club club;
  const auto plan = plan_of(SurveyKind::wellbeing, club.host.author.member);
  DocumentId id, other;
  club.tell(ask(club.anna, id, plan));
  club.tell(ask(club.anna, other, plan));
  const auto content = encode_answers(plan, answers(4)).value();
  for (auto* peer : {&club.anna, &club.bram, &club.cid}) club.tell(answer(*peer, id, plan, answers(4), true));
  const auto give = [&](const Bytes& sealed) {
    const auto records = club.eve.records();
    club.tell(club.eve.make([&](ChangeBuilder& builder) { return give_answer(builder, records, id, true, sealed); }));
  };
  SECTION("by another") { give(seal(club.bram.author.member, sealed_content(id, plan, content))); }
  SECTION("for another survey") { give(seal(club.eve.author.member, sealed_content(other, plan, content))); }
  SECTION("broken") { give(seal(club.eve.author.member, Bytes(20, 9))); }
  club.tell(close(club.anna, id));
  CHECK(shown(club.host, id).answers.size() == 4);
  CHECK(tally_sealed(shown(club.host, id), 3, unseal).value().answers == 3);
}

TEST_CASE("unnamed answers beside named ones show only when there are enough of them") {
  Club club;
  const auto plan = plan_of(SurveyKind::feedback, club.host.author.member);
  DocumentId id;
  club.tell(ask(club.host, id, plan));
  for (auto* peer : {&club.anna, &club.bram, &club.cid}) club.tell(answer(*peer, id, plan, answers(2)));
  club.tell(answer(club.eve, id, plan, answers(5), true));
  club.tell(close(club.host, id));
  CHECK_FALSE(tally_sealed(shown(club.host, id), 3, unseal));
  const auto came = result(club.reader, id);
  CHECK(came.counted == 3);
  CHECK(came.unnamed_hidden == 1);
}

TEST_CASE("the change is that of the scales that both surveys asked in the same words") {
  Club club;
  const auto first = plan_of(SurveyKind::workplace);
  auto second = first;
  second.questions.push_back({QuestionForm::scale, "Uusi?", 5, {}});
  DocumentId start, end;
  club.tell(ask(club.anna, start, first));
  second.about = start;
  club.tell(ask(club.anna, end, second));
  for (auto* peer : {&club.anna, &club.bram, &club.cid}) {
    club.tell(answer(*peer, start, first, answers(2)));
    auto later = answers(4);
    later.push_back({1, {}, {}});
    club.tell(answer(*peer, end, second, later));
  }
  club.tell(close(club.anna, start));
  club.tell(close(club.anna, end));
  const auto changes =
      change_between(shown(club.reader, start), result(club.reader, start), shown(club.reader, end), result(club.reader, end));
  CHECK(changes == std::vector<MeanChange>{{0, 2.0, 4.0}});
}

TEST_CASE("an answer counts for the questions that it was given to") {
  Club club;
  const auto plan = plan_of(SurveyKind::feedback);
  DocumentId id;
  club.tell(ask(club.anna, id, plan));
  club.tell(answer(club.bram, id, plan, answers(5)));
  CHECK(shown(club.reader, id).answers.size() == 1);
  auto turned = plan;
  turned.questions[0].text = "Kuinka huonosti voit?";
  club.tell(club.anna.make([&](ChangeBuilder& builder) { return builder.set_register(id, kSurveyPlan, encode_plan(turned)); }));
  CHECK(shown(club.reader, id).answers.empty());
}

TEST_CASE("what a survey asks and what is answered has its form") {
  SurveyPlan example;
  example.title = "Ok?";
  example.minimum = 3;
  example.questions = {{QuestionForm::scale, "Hyvä?", 5, {}}};
  CHECK(to_hex(encode_plan(example)) == to_hex(format_example("club-survey-plan")));
  const auto keeper = id_of<MemberId>(1);
  const auto good = plan_of(SurveyKind::wellbeing, keeper);
  CHECK(decode_plan(encode_plan(good)).value() == good);
  const auto refused = [&](auto change) {
    auto plan = good;
    change(plan);
    return !check_plan(plan) && !decode_plan(encode_plan(plan));
  };
  CHECK(refused([](SurveyPlan& plan) { plan.keeper.reset(); }));
  CHECK(refused([](SurveyPlan& plan) { plan.minimum = 2; }));
  CHECK(refused([](SurveyPlan& plan) { plan.title = ""; }));
  CHECK(refused([](SurveyPlan& plan) { plan.questions.clear(); }));
  CHECK(refused([](SurveyPlan& plan) { plan.questions[0].most = 11; }));
  CHECK(refused([](SurveyPlan& plan) { plan.questions[1].choices.pop_back(); }));
  CHECK(refused([](SurveyPlan& plan) { plan.questions[2].choices = {"a", "b"}; }));
  const auto bytes = encode_answers(good, answers(5, {0, 1}, "Teksti")).value();
  CHECK(bytes.size() == 256);
  CHECK(decode_answers(good, bytes).value() == answers(5, {0, 1}, "Teksti"));
  CHECK_FALSE(encode_answers(good, answers(6)));
  CHECK_FALSE(encode_answers(good, answers(1, {2})));
  CHECK_FALSE(encode_answers(good, answers(1, {1, 0})));
  CHECK_FALSE(encode_answers(good, answers(0)));
  CHECK_FALSE(encode_answers(good, answers(1, {}, std::string(2048, 'a'))));
  CHECK_FALSE(encode_answers(good, answers(1, {}, "\xff")));
  auto tail = bytes;
  tail.back() = 1;
  CHECK_FALSE(decode_answers(good, tail));
  auto tally = empty_tally(good);
  add_to(tally, good, answers(5, {1}));
  CHECK(decode_tally(encode_tally(tally)).value() == tally);
  CHECK(fits(tally, good));
  tally.questions[0].sum = 6;
  CHECK_FALSE(fits(tally, good));
}

TEST_CASE("keeper and minimum are set by hosts, within bounds") {
  SeasonPeer host(1, Role::host), anna(2), reader(5);
  const auto space = id_of<SpaceId>(9);
  const SurveySettings wanted{anna.author.member, 5};
  const auto set = [&](ChangeBuilder& builder) { return set_survey_settings(builder, space, wanted); };
  CHECK(anna.refusal(set) == ErrorCode::not_permitted);
  CHECK(reader.take_all({anna.cheat(set)}) == 3);
  CHECK(reader.take_all({host.make(set)}) == 0);
  CHECK(survey_settings(reader.held, space).value() == wanted);
  const auto low = [&](ChangeBuilder& builder) {
    return builder.set_register(settings_document(space), kSettingsLeastAnswers, Bytes{0});
  };
  CHECK(host.refusal(low) == ErrorCode::not_permitted);
  const auto one = host.make(
      [&](ChangeBuilder& builder) { return builder.set_register(settings_document(space), kSettingsLeastAnswers, Bytes{1}); });
  CHECK(reader.take_all({one}) == 0);
  CHECK(survey_settings(reader.held, space).value().minimum == kMinimumLeast);
}

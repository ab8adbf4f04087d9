// Batches that are wrong, late, early or twice.
#include <catch2/catch.hpp>

#include "muistio/base/reader.hpp"
#include "muistio/text/limits.hpp"
#include "text_support.hpp"

namespace muistio::text::test {

namespace {

/// What must not change when a batch is refused.
struct Look {
  Bytes encoded;
  Version version;
  explicit Look(const Document& document) : encoded(document.encode()), version(document.version()) {}
  friend bool operator==(const Look&, const Look&) = default;
};

ErrorCode refusal(Document& document, BytesView batch) {
  const Look before(document);
  const auto applied = document.apply(batch);
  REQUIRE_FALSE(applied);
  REQUIRE(Look(document) == before);
  return applied.error().code;
}

/// A batch of one author 'a' by hand: `stretches`, `kinds` and `positions` are whole columns.
Bytes by_hand(std::uint64_t edits, const Writer& stretches, const Writer& kinds, const Writer& positions,
              std::string_view content) {
  Writer out;
  out.u8(1).varint(1).varint(0).raw(agent('a').view()).varint(0).varint(edits);
  out.block(stretches.bytes()).block(kinds.bytes()).block(positions.bytes()).block(as_bytes(content));
  return std::move(out).take();
}

}  // namespace

TEST_CASE("A batch that is held already changes nothing, and one that is held in part brings the rest") {
  Document one;
  REQUIRE(one.insert(agent('a'), 0, "päätös"));
  const auto first = one.encode_since({});
  REQUIRE(one.erase(agent('a'), 1, 2));
  REQUIRE(one.insert(agent('a'), 1, "aa"));
  const auto all = one.encode_since({});
  Document two;
  REQUIRE(two.apply(first));
  const auto again = two.apply(first);
  REQUIRE(again);
  CHECK(again->new_edits == 0);
  CHECK(again->changes.empty());
  const auto rest = two.apply(all);
  REQUIRE(rest);
  CHECK(rest->new_edits == 4);
  CHECK(two.text() == one.text());
  CHECK(two.encode() == one.encode());
}

TEST_CASE("An id that is held with another content is refused") {
  Document one, two, three;
  REQUIRE(one.insert(agent('a'), 0, "one"));
  REQUIRE(two.insert(agent('a'), 0, "two"));
  CHECK(refusal(one, two.encode_since({})) == ErrorCode::duplicate_edit);
  REQUIRE(three.insert(agent('b'), 0, "x"));
  REQUIRE(three.insert(agent('a'), 0, "one"));  // the same edits with other parents
  CHECK(refusal(one, three.encode_since({})) == ErrorCode::duplicate_edit);
}

TEST_CASE("A batch whose past is not held is refused") {
  Document one, two;
  REQUIRE(one.insert(agent('a'), 0, "first"));
  const auto held = one.summary();
  REQUIRE(one.insert(agent('b'), 5, " second"));
  const auto unknown_agent = one.encode_since(held);
  CHECK(refusal(two, unknown_agent) == ErrorCode::missing_parent);
  REQUIRE(one.insert(agent('a'), 0, "0"));
  CHECK(refusal(two, one.encode_since({{agent('a'), 5}})) == ErrorCode::missing_parent);
}

TEST_CASE("Positions beyond the text of the parents are refused, also amid concurrent edits") {
  Writer stretches, kinds, positions;
  stretches.varint(3).varint(0).varint(0);
  kinds.varint(3U << 2U);
  CHECK(refusal(*std::make_unique<Document>(), by_hand(3, stretches, kinds, Writer().signed_varint(1), "abc")) ==
        ErrorCode::position_out_of_range);
  Document concurrent;
  REQUIRE(concurrent.insert(agent('b'), 0, "0123456789"));  // the batch does not know it
  CHECK(refusal(concurrent, by_hand(3, stretches, kinds, Writer().signed_varint(1), "abc")) == ErrorCode::position_out_of_range);
  CHECK(concurrent.apply(by_hand(3, stretches, kinds, Writer().signed_varint(0), "abc")));
  CHECK(concurrent.text() == "abc0123456789");
}

TEST_CASE("Content of as many bytes as there are inserts, but fewer scalars, is refused") {
  Writer stretches, kinds, positions;
  stretches.varint(2).varint(0).varint(0);
  kinds.varint(2U << 2U);
  positions.signed_varint(0);
  Document document;
  CHECK(refusal(document, by_hand(2, stretches, kinds, positions, "ä")) == ErrorCode::malformed);
  CHECK(refusal(document, by_hand(2, stretches, kinds, positions, "äää")) == ErrorCode::malformed);
  CHECK(document.apply(by_hand(2, stretches, kinds, positions, "ää")));
}

TEST_CASE("Counts over the limits are refused before anything is made for them") {
  Writer stretches, kinds, positions;
  stretches.varint(kMaxBatchEdits + 1).varint(0).varint(0);
  kinds.varint((kMaxBatchEdits + 1) << 2U | 3U);
  positions.signed_varint(0);
  Document document;
  CHECK(refusal(document, by_hand(kMaxBatchEdits + 1, stretches, kinds, positions, "")) == ErrorCode::too_large);
  CHECK(refusal(document, Writer().u8(1).varint(kMaxBatchAgents + 1).varint(0).bytes()) == ErrorCode::too_large);
  Writer parents;
  parents.varint(1).varint(0).varint(kMaxParents + 1);
  CHECK(refusal(document, by_hand(1, parents, Writer().varint(4), positions, "a")) == ErrorCode::too_large);
  CHECK(refusal(document, Writer().u8(2).bytes()) == ErrorCode::unsupported_version);
}

TEST_CASE("Every truncation of a batch is refused and changes nothing") {
  Group group(7, 3);
  group.run(40);
  group.hear_all();
  Document document;
  REQUIRE(document.insert(agent('z'), 0, "already here"));
  const auto batch = group.people()[0].encode_since({});
  for (std::size_t length = 0; length < batch.size(); ++length) {
    CHECK(refusal(document, BytesView(batch).first(length)) == ErrorCode::malformed);
  }
  auto longer = batch;
  longer.push_back(0);
  CHECK(refusal(document, longer) == ErrorCode::malformed);
  CHECK(document.apply(batch));
}

TEST_CASE("A batch with a flipped bit is refused, or applied alike with clearing on and off, by whoever gets it") {
  Group group(11, 3);
  group.run(40);
  group.hear_all();
  const auto batch = group.people()[0].encode_since({});
  Document start;
  REQUIRE(start.insert(agent('z'), 0, "already here"));
  std::size_t refused = 0, applied = 0;
  for (std::size_t bit = 0; bit < batch.size() * 8; ++bit) {
    auto bad = batch;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    auto one = start;
    auto two = start;
    two.set_clearing(false);
    const auto first = one.apply(bad);
    const auto second = two.apply(bad);
    INFO("bit " << bit);
    REQUIRE(first.has_value() == second.has_value());
    if (first) {
      ++applied;
      REQUIRE(one.text() == two.text());
      REQUIRE(one.verify());
    } else {
      ++refused;
      REQUIRE(first.error() == second.error());
      REQUIRE(Look(one) == Look(start));
    }
  }
  std::cout << "flipped bits: " << refused << " refused, " << applied << " applied\n";
  CHECK(refused > batch.size());
}

TEST_CASE("An encoded document with a flipped bit never breaks anything") {
  Group group(12, 3);
  group.run(25);
  group.hear_all();
  auto& document = group.people()[0];
  REQUIRE(document.redact(document.edits_at(1, 3).value()));
  const auto bytes = document.encode();
  const auto late = group.batches.back();
  std::size_t opened = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto bad = bytes;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    auto made = Document::decode(bad);
    if (!made) continue;
    ++opened;
    static_cast<void>(made->verify());
    static_cast<void>(made->authors());
    const auto text = made->text();
    if (!made->apply(late)) CHECK(made->text() == text);
    static_cast<void>(made->redact(std::vector<EditRange>{{{agent('a'), 0}, 5}}));
  }
  CHECK(opened > 0);
  for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(Document::decode(BytesView(bytes).first(length)));
}

TEST_CASE("A document whose text is not that of its history is noticed and breaks nothing") {
  for (const bool common_start : {false, true}) {
    Document one, two;
    if (common_start) {
      REQUIRE(one.insert(agent('a'), 0, "start "));
      two = one;
    }
    REQUIRE(one.insert(agent('a'), 0, "one one one"));
    REQUIRE(two.insert(agent('b'), 0, "two two"));
    const auto from_two = two.encode_since(one.summary());
    REQUIRE(two.insert(agent('b'), 3, "and more"));
    const auto more = two.encode_since(one.summary());
    REQUIRE(one.apply(from_two));
    const auto good = one.encode();
    for (std::size_t cut = 1; cut <= one.text().size(); ++cut) {
      Reader in(good);
      Writer out;
      out.u8(in.u8().value()).varint(in.varint().value()).block(in.block(good.size()).value());
      out.block(in.block(good.size()).value()).varint(in.varint().value());
      out.block(as_bytes(one.text().substr(cut)));
      auto opened = Document::decode(out.bytes());
      REQUIRE(opened);
      CHECK(opened->verify().error().code == ErrorCode::malformed);
      CHECK(opened->edits_at(0, 0).error().code == ErrorCode::malformed);
      CHECK(opened->authors().empty());
      // The part before the last critical version is not replayed, so a cut there goes unnoticed by a merge, and harms nothing.
      if (common_start && cut <= 6) {
        CHECK(opened->apply(more));
        CHECK_FALSE(opened->verify());
      } else {
        CHECK(refusal(*opened, more) == ErrorCode::malformed);
      }
    }
  }
}

}  // namespace muistio::text::test

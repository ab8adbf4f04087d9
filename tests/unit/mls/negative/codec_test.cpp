// The presentation language (RFC 9420 §2.1): lengths, presence bytes, enums, ends.
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
const auto kExtension = [](const Bytes& bytes) { return decoded<Extension>(bytes); };
// An extension of `size` bytes under the length `header`.
Bytes extension(Bytes header, std::size_t size) {
  Bytes bytes{0xF0, 0xA1};
  append(bytes, header);
  append(bytes, Bytes(size, 7));
  return bytes;
}
}  // namespace

RULE("2.1.2", malformed, "a length below 64 in two bytes") {
  trial.judges(kExtension, extension({0x3f}, 63), extension({0x40, 0x3f}, 63), "not minimal");
}

RULE("2.1.2", malformed, "a length below 64 in four bytes") {
  trial.judges(kExtension, extension({0x3f}, 63), extension({0x80, 0x00, 0x00, 0x3f}, 63), "not minimal");
}

RULE("2.1.2", malformed, "a length below 16384 in four bytes") {
  trial.judges(kExtension, extension({0x7f, 0xff}, 16383), extension({0x80, 0x00, 0x3f, 0xff}, 16383), "not minimal");
}

RULE("2.1.2", malformed, "a length in eight bytes") {
  trial.judges(kExtension, extension({0x80, 0x00, 0x40, 0x00}, 16384), extension({0xc0, 0, 0, 0, 0, 0, 0x40, 0}, 16384),
               "unknown size");
}

RULE("2.1.2", malformed, "a length that is cut short") {
  trial.judges(kExtension, Bytes{0xF0, 0xA1, 0x00}, Bytes{0xF0, 0xA1, 0x80, 0x00});
}

RULE("2.1.2", malformed, "a vector longer than the bytes that are there") {
  trial.judges(kExtension, extension({3}, 3), extension({4}, 3));
}

RULE("2.1.2", too_large, "a vector that claims a thousand million bytes") {
  trial.judges(kExtension, extension({3}, 3), extension({0xbf, 0xff, 0xff, 0xff}, 3));
}

RULE("2.1.2", malformed, "a vector that ends inside an element") {
  using List = std::vector<CipherSuite>;
  trial.judges([](const Bytes& bytes) { return decoded<List>(bytes); }, Bytes{4, 0, 1, 0, 3}, Bytes{3, 0, 1, 0});
}

RULE("2.1.2", too_large, "a vector of more elements than any group needs") {
  const auto list = [](std::size_t count) {
    Writer out;
    write_vector(out, Bytes(2 * count, 1));
    return std::move(out).take();
  };
  trial.judges([](const Bytes& bytes) { return decoded<std::vector<CipherSuite>>(bytes); }, list(kVectorElementsMax),
               list(kVectorElementsMax + 1));
}

RULE("2.1.1", malformed, "a presence byte over 1") {
  trial.judges([](const Bytes& bytes) { return decoded<std::optional<Extension>>(bytes); }, Bytes{1, 0, 1, 0}, Bytes{2, 0, 1, 0});
}

RULE("2.1.1", malformed, "a presence byte over 1 in a ratchet tree") {
  const Party party(2);
  const auto good = encoded(party.members[0].tree());
  auto bad = good;
  const std::size_t header = good.size() < 16384 + 2 ? 2 : 4;
  REQUIRE(bad[header] == 1);
  bad[header] = 2;
  trial.judges([](const Bytes& bytes) { return decoded<RatchetTree>(bytes); }, good, bad, "a presence byte");
}

RULE("2.1.1", malformed, "a value that its presence byte promises and that is not there") {
  trial.judges([](const Bytes& bytes) { return decoded<std::optional<Extension>>(bytes); }, Bytes{0}, Bytes{1});
}

RULE("2.1.2", malformed, "a value with a byte too many") { trial.judges(kExtension, Bytes{0, 1, 0}, Bytes{0, 1, 0, 0}); }

RULE("7.2", malformed, "a leaf of an unknown source") {
  Party party(2);
  const auto& leaf = party[0].own_leaf_node();
  auto unknown = leaf;
  unknown.leaf_node_source = static_cast<LeafNodeSource>(4);
  trial.judges([](const Bytes& bytes) { return decoded<LeafNode>(bytes); }, encoded(leaf), encoded(unknown),
               "an unknown enum value");
}

RULE("8.4", malformed, "a PSK of an unknown type") {
  auto unknown = encoded(psk_id(1));
  unknown[0] = 3;
  trial.judges([](const Bytes& bytes) { return decoded<PreSharedKeyID>(bytes); }, encoded(psk_id(1)), unknown,
               "an unknown enum value");
}

RULE("8.4", malformed, "a resumption PSK of an unknown usage") {
  auto id = psk_id(1);
  id.psktype = PSKType::resumption;
  auto unknown = encoded(id);
  unknown[1] = 4;
  trial.judges([](const Bytes& bytes) { return decoded<PreSharedKeyID>(bytes); }, encoded(id), unknown, "an unknown enum value");
}

RULE("12.4", malformed, "an entry of a commit that is neither a proposal nor a reference") {
  const auto good = encoded(ProposalOrRef{ProposalRef{Bytes(32, 1)}});
  auto bad = good;
  bad[0] = 3;
  trial.judges([](const Bytes& bytes) { return decoded<ProposalOrRef>(bytes); }, good, bad, "neither a proposal nor a reference");
}

// Many devices that edit at once and hear of each other in any order.
#include <algorithm>
#include <catch2/catch.hpp>

#include "muistio/replica/payload.hpp"
#include "muistio/text/document.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
constexpr int kDocuments = 3;
DocumentId document_id(std::uint64_t number) { return id_of<DocumentId>(static_cast<std::uint8_t>(number), 9); }

struct Sent {
  Change change;
  Author author;
};

struct Counts {
  std::uint64_t taken_back = 0, passages = 0, added = 0, put_in_lists = 0, moves = 0, erased = 0, duplicates = 0, not_permitted = 0,
                too_early = 0;
};

/// Devices whose changes reach each other in random orders.
class Club {
 public:
  Club(std::uint32_t seed, int devices, Counts& counts) : random_(seed), counts_(counts) {
    ReplicaOptions options;
    options.open_documents_max = 2;
    // Device 2 may not take out of sets.
    const Judge judge = [](const Op& op, const Author& author, const Document*) {
      return !(op.kind == OpKind::set_remove && author.device.array()[0] == 2);
    };
    for (int i = 0; i < devices; ++i) {
      peers_.push_back(std::make_unique<Peer>(static_cast<std::uint8_t>(i + 1), options));
      peers_.back()->judge = judge;
    }
  }

  void edit() {
    auto& peer = *peers_[below(peers_.size())];
    const auto id = document_id(below(kDocuments));
    auto made = peer.held.edit(peer.author, WallMs(static_cast<std::int64_t>(below(1000))), peer.judge,
                               [&](ChangeBuilder& builder) { return act(builder, id); });
    if (!made) {
      REQUIRE((made.error().code == ErrorCode::invalid_state || made.error().code == ErrorCode::not_permitted));
      counts_.not_permitted += made.error().code == ErrorCode::not_permitted ? 1 : 0;
      return;
    }
    if (!made->has_value()) return;
    auto change = **made;
    // Over the wire and back.
    auto read = decode_changes(encode_changes(std::vector<Change>{change}));
    REQUIRE(read);
    REQUIRE(read->front() == change);
    peer.in_log(change);
    sent_.push_back({std::move(change), peer.author});
  }

  /// Offers a random change to a random device; what comes too early or twice must do no harm.
  void deliver() {
    if (sent_.empty()) return;
    offer(*peers_[below(peers_.size())], sent_[below(sent_.size())]);
  }

  void settle() {
    for (auto& peer : peers_) {
      for (std::size_t missing = 1; missing > 0;) {
        missing = 0;
        std::vector<std::size_t> order(sent_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::shuffle(order.begin(), order.end(), random_);
        for (const auto place : order) {
          if (peer->held.causality().holds(sent_[place].change.id())) continue;
          ++missing;
          offer(*peer, sent_[place]);
        }
      }
    }
  }

  void store_and_open(std::size_t place) {
    auto& peer = *peers_[place];
    REQUIRE(peer.held.flush());
    REQUIRE(peer.held.reload());
  }

  void check_equal() {
    for (int i = 0; i < kDocuments; ++i) {
      const auto id = document_id(static_cast<std::uint64_t>(i));
      const auto expected = peers_[0]->shows(id);
      for (auto& peer : peers_) {
        CHECK(peer->shows(id) == expected);
        const auto document = peer->document(id);
        if (document == nullptr) continue;
        const auto back = Document::decode(document->encode());
        REQUIRE(back);
        CHECK(shown(&*back) == expected);
        CHECK(back->encode() == document->encode());
        if (const auto* text = document->find_text(kBody)) CHECK(text->verify());
      }
    }
    for (auto& peer : peers_) CHECK(peer->held.causality().heads() == peers_[0]->held.causality().heads());
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::size_t size() const { return peers_.size(); }

 private:
  void offer(Peer& peer, const Sent& sent) {
    auto applied = peer.held.apply(sent.change, sent.author, peer.judge);
    if (!applied) {
      REQUIRE(applied.error().code == ErrorCode::missing_parent);
      ++counts_.too_early;
      return;
    }
    counts_.duplicates += applied->duplicate ? 1 : 0;
    CHECK(applied->refused_ops == 0);
  }

  Status act(ChangeBuilder& builder, const DocumentId& id) {
    MUISTIO_TRY(const auto* document, builder.document(id));
    const auto* text = document->find_text(kBody);
    const auto size = text == nullptr ? 0 : text->size_scalars();
    const auto list = document->list(kAgenda);
    const auto word = std::string(1, static_cast<char>('a' + below(26))) + "ö" + std::to_string(below(100));
    if (!document->exists()) MUISTIO_CHECK(builder.create(id, DocumentType(static_cast<std::uint16_t>(5 + below(3)))));
    switch (below(32)) {
      case 0:
      case 1:
      case 2:
        return builder.set_register(id, kTitle, as_bytes(word));
      case 3:
      case 4:
      case 5:
        return builder.add_to_set(id, kTags, as_bytes(std::string(1, word[0])));
      case 6:
      case 7: {
        const auto values = document->set_values(kTags);
        return values.empty() ? ok() : builder.remove_from_set(id, kTags, values[below(values.size())]);
      }
      case 8:
      case 9:
      case 10: {
        if (size == 0) return ok();
        const auto position = below(size);
        return builder.erase_text(id, kBody, position, 1 + below(std::min<std::uint64_t>(size - position, 5)));
      }
      case 11: {
        if (size < 4) return ok();
        const auto position = below(size - 2);
        ++counts_.passages;
        return builder.take_back_passage(id, kBody, position, 2);
      }
      case 12:
        if (below(6) != 0) return ok();
        ++counts_.taken_back;
        return builder.take_back(id);
      case 13:
        return builder.replace_text(id, kBody, "all new " + word);
      case 24:
      case 25:
        ++counts_.added;
        return builder.add_to_counter(id, kVotes, static_cast<std::int64_t>(below(21)) - 10);
      case 26:
      case 27:
      case 28: {
        auto position = below(list.size() + 1);
        for (auto run = 1 + below(3); run > 0; --run, ++position, ++counts_.put_in_lists)
          MUISTIO_CHECK(builder.list_insert(id, kAgenda, position, as_bytes(word)));
        return ok();
      }
      case 29:
      case 30:
        if (list.empty()) return ok();
        ++counts_.moves;
        return builder.list_move(id, kAgenda, list[below(list.size())].id, below(list.size()));
      case 31:
        if (list.empty()) return ok();
        ++counts_.erased;
        return builder.list_erase(id, kAgenda, list[below(list.size())].id);
      default: {
        MUISTIO_CHECK(builder.insert_text(id, kBody, below(size + 1), word));
        return builder.set_register(id, FieldId(4), as_bytes(word));
      }
    }
  }

  std::mt19937 random_;
  Counts& counts_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Sent> sent_;
};
}  // namespace

TEST_CASE("devices that edit at once agree once they have heard all, in whatever order they did") {
  Counts counts;
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    INFO("seed " << seed);
    Club club(seed, 2 + static_cast<int>(seed % 4), counts);
    for (int step = 0; step < 120; ++step) {
      club.edit();
      for (auto deliveries = club.below(6); deliveries > 0; --deliveries) club.deliver();
      if (club.below(20) == 0) club.store_and_open(club.below(club.size()));
    }
    club.settle();
    club.check_equal();
  }
  // The runs met what they are for.
  CHECK(counts.taken_back > 5);
  CHECK(counts.passages > 20);
  CHECK(counts.added > 50);
  CHECK(counts.put_in_lists > 100);
  CHECK(counts.moves > 20);
  CHECK(counts.erased > 10);
  CHECK(counts.duplicates > 100);
  CHECK(counts.not_permitted > 5);
  CHECK(counts.too_early > 100);
}

TEST_CASE("an op that the judge refuses is refused on every device alike") {
  const Judge judge = [](const Op& op, const Author& author, const Document*) {
    return op.kind != OpKind::set_register || author.role == Role::host;
  };
  Peer anna(1), bert(2), carl(3);
  anna.author.role = Role::host;
  const auto by_bert = bert.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(document_id(0), kType));
    return builder.set_register(document_id(0), kTitle, as_bytes("no"));  // his own judge lets him: a changed app
  });
  const auto by_anna = anna.edit([](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(document_id(0), kType));
    return builder.set_register(document_id(0), kTitle, as_bytes("yes"));
  });
  for (auto* peer : {&anna, &bert, &carl}) peer->judge = judge;
  anna.in_log(by_anna);
  CHECK(anna.take(by_bert, bert.author).refused_ops == 1);
  CHECK(carl.take(by_bert, bert.author).refused_ops == 1);
  CHECK(carl.take(by_anna, anna.author).refused_ops == 0);
  CHECK(anna.shows(document_id(0)) == carl.shows(document_id(0)));
  CHECK(carl.document(document_id(0))->register_text(kTitle) == "yes");
}

// Appending, reading, listening; inbox and boxes.
#include "checks.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/wire/auth.hpp"
#include "muistio/wire/log_hash.hpp"

namespace muistio::conformance {

using server::probe::WireClient;

namespace {

constexpr auto kAdd = wire::AccessChange::Op::add;
constexpr auto kRemove = wire::AccessChange::Op::remove;

std::vector<Bytes> fetch(Space& space, Seq from, std::uint32_t bytes_max = 0) {
  return as<wire::Records>(space.client->ask(wire::Fetch{space.id, from, bytes_max})).records;
}

/// The records that are pushed, until there are `count`; checks that they go on without a gap from `next`.
std::vector<Bytes> pushed(WireClient& client, Seq next, std::size_t count) {
  std::vector<Bytes> all;
  while (all.size() < count) {
    const auto records = client.pushed();
    if (!records) throw Broken("nothing more was pushed");
    demand(records->from_seq.value() == next.value() + all.size(), "a gap in what is pushed");
    all.insert(all.end(), records->records.begin(), records->records.end());
  }
  return all;
}

}  // namespace

std::vector<Check> record_checks() {
  return {
      {3, "records get places 1, 2, … and the hash over the log",
       [](Server& server) {
         Space space(server);
         Hash hash;
         for (std::uint8_t i = 1; i <= 5; ++i) {
           const auto record = content({i});
           const auto placed = space.append(record);
           hash = wire::log_hash_next(hash, Seq(i), record);
           demand(placed.seq == Seq(i), "another place");
           demand(placed.log_hash == hash, "another hash");
         }
         WireClient other(server.endpoint);
         const auto opened = as<wire::SpaceOpened>(other.ask(other.open(space.id, space.key)));
         demand(opened.head == Seq(5) && opened.log_hash == hash, "SpaceOpened says something else");
       }},
      {3, "only a handshake after the place that is named makes an append stale",
       [](Server& server) {
         Space space(server);
         space.append(handshake({1}));
         space.append(content({2}), Seq(1));
         const auto refusal = refused(space.client->ask(wire::Append{space.id, Seq(0), content({3})}), ErrorCode::stale_handshake);
         demand(refusal.last_handshake_seq == Seq(1) && refusal.head == Seq(2), "the refusal names other places");
         refused(space.client->ask(wire::Append{space.id, Seq(0), handshake({4})}), ErrorCode::stale_handshake);
         demand(space.append(content({3}), Seq(1)).seq == Seq(3), "an older record does not make it stale");
         demand(space.append(handshake({4}), Seq(1)).seq == Seq(4), "nor a handshake on the same base");
       }},
      {3, "the same bytes again have the place that they have, also after a handshake",
       [](Server& server) {
         Space space(server);
         const auto first = space.append(content({1}));
         space.append(handshake({2}));
         const auto again = space.append(content({1}));
         demand(again.seq == first.seq && again.log_hash == first.log_hash, "they got another");
       }},
      {3, "a handshake lets keys in and out at its place; a removed key reads up to there",
       [](Server& server) {
         Space space(server);
         const auto other = crypto::SigningKey::generate(server.random);
         space.append(content({1}));
         space.append(handshake({2}, {{kAdd, public_key(other)}}));
         WireClient client(server.endpoint);
         const auto opened = as<wire::SpaceOpened>(client.ask(client.open(space.id, other)));
         demand(opened.access_from == Seq(2) && opened.access_until == Seq(0), "its access is another");
         demand(as<wire::Records>(client.ask(wire::Fetch{space.id, Seq(1), 0})).records.size() == 2, "it cannot read from place 1");
         const auto removal = space.append(handshake({3}, {{kRemove, public_key(other)}}), Seq(2));
         space.append(content({4}), Seq(3));
         refused(client.ask(wire::Append{space.id, Seq(3), content({5})}), ErrorCode::not_authorised);
         const auto after = as<wire::SpaceOpened>(client.ask(client.open(space.id, other)));
         demand(after.access_until == Seq(3) && after.head == Seq(3) && after.log_hash == removal.log_hash,
                "it is shown more or less than its removal");
         const auto records = as<wire::Records>(client.ask(wire::Fetch{space.id, Seq(1), 0}));
         demand(records.records.size() == 3 && records.head == Seq(3), "it reads beyond its removal");
       }},
      {3, "a fetch gives from its place, at least one record, and no more than was asked for",
       [](Server& server) {
         Space space(server);
         for (std::uint8_t i = 0; i < 10; ++i) space.append(content(Bytes(1000, i)));
         demand(fetch(space, Seq(1)).size() == 10, "not all came");
         demand(fetch(space, Seq(4), 1).size() == 1, "not one came");
         demand(fetch(space, Seq(1), 3100).size() == 3, "another count than fits");
         demand(fetch(space, Seq(11)).empty(), "something lies beyond the end");
         refused(space.client->ask(wire::Fetch{space.id, Seq(0), 0}), ErrorCode::bad_range);
         refused(space.client->ask(wire::Fetch{space.id, Seq(12), 0}), ErrorCode::bad_range);
       }},
      {3, "a record may have almost 1 MiB, a batch 256 KiB, and a content record changes no access",
       [](Server& server) {
         Space space(server);
         const auto large = handshake(Bytes(1024 * 1024 - 16, 7));
         space.append(large);
         demand(fetch(space, Seq(1)) == std::vector<Bytes>{large}, "it came back otherwise");
         Bytes batch{1, 0xe0, 0xa7, 0x12};  // content of 300,000 bytes
         batch.insert(batch.end(), 300'000, 7);
         batch.push_back(0);
         refused(space.client->ask(wire::Append{space.id, Seq(1), batch}), ErrorCode::bad_frame);
         Bytes sly{1, 1, 7, 1, 1};  // content of one byte that would let a key in
         sly.insert(sly.end(), 32, 9);
         refused(space.client->ask(wire::Append{space.id, Seq(1), sly}), ErrorCode::bad_frame);
       }},
      {3, "a subscription gets what is there and what comes, one's own too, in order and once",
       [](Server& server) {
         Space space(server);
         std::vector<Bytes> all;
         for (std::uint8_t i = 0; i < 20; ++i) {
           all.push_back(content({i}));
           if (i == 10) as<wire::Done>(space.client->ask(wire::Subscribe{space.id, Seq(3)}));
           space.append(all.back());
         }
         const auto got = pushed(*space.client, Seq(3), 18);
         demand(std::equal(got.begin(), got.end(), all.begin() + 2), "other records came");
         as<wire::Done>(space.client->ask(wire::Unsubscribe{space.id}));
         space.append(content({99}));
         as<wire::Pong>(space.client->ask(wire::Ping{}));
         refused(space.client->ask(wire::Subscribe{space.id, Seq(99)}), ErrorCode::bad_range);
       }},
      {3, "a removed subscriber is pushed its removal and nothing after it",
       [](Server& server) {
         Space space(server);
         const auto other = crypto::SigningKey::generate(server.random);
         space.append(handshake({1}, {{kAdd, public_key(other)}}));
         WireClient client(server.endpoint);
         as<wire::SpaceOpened>(client.ask(client.open(space.id, other)));
         as<wire::Done>(client.ask(wire::Subscribe{space.id, Seq(1)}));
         pushed(client, Seq(1), 1);
         space.append(handshake({2}, {{kRemove, public_key(other)}}), Seq(1));
         pushed(client, Seq(2), 1);
         space.append(content({3}), Seq(2));
         const auto pong = client.send(wire::Ping{});
         while (const auto frame = client.next()) {
           if (frame->request == pong) return;
           demand(!std::holds_alternative<wire::Records>(frame->message), "it was pushed more");
         }
         throw Broken("the connection ended");
       }},
      {4, "a join request needs no access, is named by its hash, and goes when it is withdrawn or deleted",
       [](Server& server) {
         Space space(server);
         const auto joiner = crypto::SigningKey::generate(server.random);
         WireClient client(server.endpoint);
         const wire::PostJoinRequest post{space.id, server.random.make<InvitationId>(), public_key(joiner), {1, 2, 3}};
         as<wire::Done>(client.ask(post));
         as<wire::Done>(client.ask(post));
         auto inbox = as<wire::Inbox>(space.client->ask(wire::FetchInbox{space.id}));
         demand(inbox.items.size() == 1, "another count of items");
         const auto& item = inbox.items[0];
         demand(item.id == crypto::labelled_hash("muistio inbox 1",
                                                 {post.space.view(), post.invitation.view(), post.key.view(), post.request}),
                "another id");
         demand(item.request == post.request && item.key == post.key && item.invitation == post.invitation,
                "it came back otherwise");
         refused(client.ask(wire::WithdrawJoinRequest{space.id, post.invitation, post.key, {}}), ErrorCode::not_authorised);
         demand(as<wire::Inbox>(space.client->ask(wire::FetchInbox{space.id})).items.size() == 1, "a stranger withdrew it");
         as<wire::Done>(space.client->ask(wire::DeleteInboxItem{space.id, item.id}));
         demand(as<wire::Inbox>(space.client->ask(wire::FetchInbox{space.id})).items.empty(), "it is still there");
       }},
      {4, "boxes are laid by members, kept sixteen deep, and belong to the locator's key",
       [](Server& server) {
         Space space(server);
         const wire::BoxLocator locator = wire::locator_of(public_key(space.key));
         for (std::uint8_t i = 1; i <= 18; ++i) as<wire::Done>(space.client->ask(wire::PutBox{locator, {i}}));
         refused(space.client->ask(wire::FetchBoxes{public_key(space.key), {}}), ErrorCode::not_authorised);
         WireClient stranger(server.endpoint);
         refused(stranger.ask(wire::PutBox{locator, {9}}), ErrorCode::not_authorised);
         const auto boxes = as<wire::Boxes>(space.client->ask(space.client->fetch_boxes(space.key))).boxes;
         demand(boxes.size() == 16 && boxes.front() == Bytes{3} && boxes.back() == Bytes{18}, "other boxes are kept");
       }},
  };
}

}  // namespace muistio::conformance

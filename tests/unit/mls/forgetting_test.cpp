// Consumed secrets are gone, from the stored group and from the process.
//
// A story is told twice with the same random bytes. In a child process everything that HKDF yields and every random key is written
// down (masked), and at each point of the story sorted into live (in some stored group or key package) and consumed. This process
// never learns them but from the child, masked, so what it finds in its memory was left behind by the story itself.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "memory_scan.hpp"
#include "secret_book.hpp"
#include "world.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;
using muistio::test::secret_book;
using muistio::test::SecretBook;
using muistio::test::SecretHunt;

namespace {
class WritingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    random_.fill(out);
    if (secret_book && out.size() == 32) secret_book->write_down("random", out);
  }

 private:
  RepeatableRandom random_{42};
};

struct Live {
  std::vector<const Group*> groups;
  std::vector<const KeyPackagePrivate*> packages;
};
using AtPoint = std::function<void(const std::string& point, const Live& live)>;

Group process(Group& group, BytesView commit) { return need(group.apply_commit(need(group.open(commit)))); }

// A group of three from its founding to a branch of it: every kind of step that uses secrets up.
Bytes tell(const AtPoint& at) {
  WritingRandom random;
  GroupConfig config;
  config.group_id = to_bytes(as_bytes("a group"));
  config.leaf = leaf_config("Anna");
  const auto key_package = [&random](const std::string& name) {
    return std::make_optional(need(generate_key_package(leaf_config(name), crypto::SigningKey::generate(random), random)));
  };
  std::optional<Group> anna(need(Group::create(config, crypto::SigningKey::generate(random), random)));
  at("founded", {{&*anna}, {}});

  std::optional<Group> bram, cees;
  for (auto* newcomer : {&bram, &cees}) {
    auto package = key_package(newcomer == &bram ? "Bram" : "Cees");
    CommitParams add;
    add.proposals = {{Add{package->key_package}}};
    auto staged = std::make_optional(need(anna->stage_commit(add, random)));
    if (newcomer == &cees) {
      at("staged an Add", {{&*anna, &*bram, &staged->next}, {&*package}});
      bram.emplace(process(*bram, staged->commit_message));
    }
    newcomer->emplace(need(Group::join(*staged->welcome_message, *package)).group);
    package.reset();
    anna.emplace(std::move(staged->next));
    staged.reset();
    if (newcomer == &cees) at("joined and merged", {{&*anna, &*bram, &*cees}, {}});
  }
  const Live all{{&*anna, &*bram, &*cees}, {}};

  std::vector<Bytes> messages;
  for (int i = 0; i < 3; ++i) messages.push_back(need(anna->protect(as_bytes("said"), {}, random)));
  at("protected", all);
  need(bram->open(messages[2]));
  at("opened ahead", all);
  for (auto* reader : {&*bram, &*cees})
    for (const auto& message : messages)
      if (reader != &*bram || &message != &messages[2]) need(reader->open(message));
  at("opened", all);

  static_cast<void>(need(anna->export_secret("content", {}, 32)));
  for (auto* group : {&*anna, &*bram, &*cees}) group->erase_exporter_secret();
  at("erased the exporter secret", all);

  {
    auto staged = need(bram->stage_commit({}, random));
    anna.emplace(process(*anna, staged.commit_message));
    cees.emplace(process(*cees, staged.commit_message));
    bram.emplace(std::move(staged.next));
  }
  at("committed an update", all);

  {
    const auto update = need(cees->propose_update(random));
    need(anna->store_proposal(need(anna->open(update))));
    need(bram->store_proposal(need(bram->open(update))));
    CommitParams params;
    params.references = anna->committable_proposals();
    auto staged = need(anna->stage_commit(params, random));
    bram.emplace(process(*bram, staged.commit_message));
    cees.emplace(process(*cees, staged.commit_message));
    anna.emplace(std::move(staged.next));
  }
  at("committed another's Update", all);

  static_cast<void>(need(bram->stage_commit({}, random)));
  at("dropped a staged commit", all);

  {
    CommitParams params;
    params.proposals = {{Remove{cees->own_leaf()}}};
    auto staged = need(anna->stage_commit(params, random));
    bram.emplace(process(*bram, staged.commit_message));
    anna.emplace(std::move(staged.next));
    cees.reset();
  }
  at("removed", {{&*anna, &*bram}, {}});

  const auto stored = bram->serialize();
  bram.emplace(need(Group::deserialize(stored.expose())));
  at("read back", {{&*anna, &*bram}, {}});
  return to_bytes(bram->epoch_authenticator());
}

// A pipe from the child, of numbers and byte strings.
void send(int to, BytesView bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::uint8_t head[4];
  std::memcpy(head, &size, 4);
  if (::write(to, head, 4) != 4) ::_exit(3);
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::write(to, bytes.data() + done, bytes.size() - done);
    if (count <= 0) ::_exit(3);
    done += static_cast<std::size_t>(count);
  }
}
Bytes receive(int from) {
  const auto exactly = [from](std::uint8_t* into, std::size_t size) {
    for (std::size_t done = 0; done < size;) {
      const auto count = ::read(from, into + done, size - done);
      REQUIRE(count > 0);
      done += static_cast<std::size_t>(count);
    }
  };
  std::uint8_t head[4];
  exactly(head, 4);
  std::uint32_t size;
  std::memcpy(&size, head, 4);
  Bytes bytes(size);
  exactly(bytes.data(), size);
  return bytes;
}

// In the child: for each secret written down so far, its label, whether it is live, and its masked bytes.
void report(int to, const std::string& point, const Live& live) {
  std::set<std::size_t> held;
  const auto& book = secret_book->secrets();
  SecretHunt hunt;
  for (std::size_t i = 0; i < book.size(); ++i) hunt.add_masked(std::to_string(i), book[i].masked);
  const auto find_in = [&](const SecretBytes& stored) {
    for (const auto& name : hunt.in(stored.expose())) held.insert(std::stoul(name));
  };
  for (const auto* group : live.groups) find_in(group->serialize());
  for (const auto* package : live.packages) find_in(package->serialize());
  send(to, as_bytes(point));
  send(to, as_bytes(std::to_string(book.size())));
  for (std::size_t i = 0; i < book.size(); ++i) {
    send(to, as_bytes((held.contains(i) ? "live " : "gone ") + book[i].label));
    send(to, book[i].masked);
  }
}

std::string received_text(int from) { return std::string(as_text(receive(from))); }
}  // namespace

TEST_CASE("whatever a step uses up is in no stored group and nowhere in the process") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    SecretBook book;
    secret_book = &book;
    try {
      const auto authenticator = tell([&](const std::string& point, const Live& live) { report(ends[1], point, live); });
      send(ends[1], as_bytes("end"));
      send(ends[1], authenticator);
    } catch (...) {
      ::_exit(2);  // a REQUIRE that failed: this process is no place to go on with other tests
    }
    ::_exit(0);
  }
  ::close(ends[1]);

  std::size_t points = 0;
  const auto authenticator = tell([&](const std::string& point, const Live&) {
    REQUIRE(received_text(ends[0]) == point);
    ++points;
    SecretHunt consumed, live;
    std::map<std::string, int> alive;
    const auto count = std::stoul(received_text(ends[0]));
    for (std::size_t i = 0; i < count; ++i) {
      const auto what = received_text(ends[0]);
      auto masked = receive(ends[0]);
      const auto label = what.substr(5);
      if (what.starts_with("live")) {
        live.add_masked(label, std::move(masked));
        ++alive[label];
      } else {
        consumed.add_masked(label, std::move(masked));
      }
    }
    INFO("after: " << point << ", of " << count << " secrets");
    // That the scan sees: what is live is found.
    REQUIRE_FALSE(live.in_process().empty());
    std::string left;
    for (const auto& name : consumed.in_process()) left += name + "; ";
    REQUIRE(left == "");

    // No stored state holds what only leads elsewhere, ...
    for (const auto* label : {"joiner", "welcome", "epoch", "confirm", "path", "node", "exported", "derived psk"})
      REQUIRE(alive["MLS 1.0 " + std::string(label)] == 0);
    for (const auto* label : {"shared_secret", "key", "base_nonce", "exp"}) REQUIRE(alive["HPKE " + std::string(label)] == 0);
    // ... nor a message key but those passed over, nor a past epoch's secrets once all have left it.
    REQUIRE(alive["MLS 1.0 key"] == (point == "opened ahead" ? 2 : 0));
    if (point.starts_with("staged")) return;
    for (const auto* label : {"init", "membership", "external", "sender data"})
      REQUIRE(alive["MLS 1.0 " + std::string(label)] == 1);
    REQUIRE(alive["MLS 1.0 exporter"] == (point.starts_with("erased") ? 0 : 1));
  });
  REQUIRE(received_text(ends[0]) == "end");
  REQUIRE(receive(ends[0]) == authenticator);
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(points == 12);
}

TEST_CASE("a secret left behind is found, wherever it lies") {
  const auto secret = [](std::uint8_t of) {
    Bytes made(32);
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::uint8_t>(of * (i + 3) + (i * i) / 3);
    return made;
  };
  SecretHunt hunt;
  hunt.add_masked("left on the heap", SecretHunt::mask(secret(5)));
  hunt.add_masked("elsewhere", SecretHunt::mask(secret(9)));
  const auto kept = std::make_unique<Bytes>(200000);
  const auto left = secret(5);
  std::copy(left.begin(), left.end(), kept->end() - 33);
  const auto found = hunt.in_process();
  REQUIRE(std::any_of(found.begin(), found.end(), [](const auto& name) { return name.starts_with("left on the heap in "); }));
  REQUIRE(hunt.in(*kept) == std::vector<std::string>{"left on the heap"});
  REQUIRE(hunt.in(BytesView(*kept).first(199998)).empty());
}

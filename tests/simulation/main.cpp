// muistio-sim: many lives of a club, each from a seed.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "muistio/crypto/initialise.hpp"
#include "world.hpp"

namespace {

using muistio::simulation::Plant;
using muistio::simulation::plants;
using muistio::simulation::Report;
using muistio::simulation::Scale;
using muistio::simulation::World;

std::string line_of(const Report& report) {
  std::ostringstream line;
  line << "seed " << report.seed << " commits " << report.commits << " conflicts " << report.conflicts << " removals "
       << report.removals << " crashes " << report.crashes << " drops " << report.drops << " reorders " << report.reorders
       << " edits " << report.edits << " joins " << report.joins << " leaves " << report.leaves << " full " << report.disk_fulls
       << " late " << report.late << " trace " << report.trace;
  return line.str();
}

/// The kinds of trouble that a run of many seeds must have met, with the number of seeds that did.
struct Kinds {
  std::uint64_t seeds = 0, commits = 0, conflicts = 0, removals = 0, crashes = 0, drops = 0, reorders = 0;
  void add(const Report& report) {
    ++seeds;
    commits += report.commits > 0 ? 1 : 0;
    conflicts += report.conflicts > 0 ? 1 : 0;
    removals += report.removals > 0 ? 1 : 0;
    crashes += report.crashes > 0 ? 1 : 0;
    drops += report.drops > 0 ? 1 : 0;
    reorders += report.reorders > 0 ? 1 : 0;
  }
  void add(const Kinds& other) {
    seeds += other.seeds;
    commits += other.commits;
    conflicts += other.conflicts;
    removals += other.removals;
    crashes += other.crashes;
    drops += other.drops;
    reorders += other.reorders;
  }
};

struct Range {
  std::uint64_t first = 1, count = 1, stride = 1;
};

/// Runs a range of seeds; returns the seed that a violation was found with, or 0.
std::uint64_t run_range(Scale scale, const Range& range, bool quiet, Kinds& kinds) {
  for (std::uint64_t i = 0; i < range.count; ++i) {
    scale.seed = range.first + i * range.stride;
    const auto report = World(scale).run();
    kinds.add(report);
    if (!quiet) std::printf("%s\n", line_of(report).c_str());
    if (report.violation) {
      std::printf("VIOLATION seed %llu: %s\n", static_cast<unsigned long long>(scale.seed), report.violation->c_str());
      std::fflush(stdout);
      return scale.seed;
    }
  }
  std::fflush(stdout);
  return 0;
}

/// The same over several processes; every `jobs`th seed each.
std::uint64_t run_jobs(const Scale& scale, const Range& range, std::uint64_t jobs, bool quiet, Kinds& kinds) {
  struct Worker {
    pid_t id = 0;
    int pipe = -1;
  };
  struct Answer {
    std::uint64_t violation = 0;
    Kinds kinds;
  };
  std::vector<Worker> workers;
  std::fflush(stdout);
  for (std::uint64_t job = 0; job < jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    const auto id = fork();
    if (id == 0) {
      close(ends[0]);
      Answer answer;
      const Range part{range.first + job, (range.count + jobs - 1 - job) / jobs, jobs};
      answer.violation = run_range(scale, part, quiet, answer.kinds);
      const auto written = write(ends[1], &answer, sizeof answer);
      _exit(written == sizeof answer ? 0 : 2);
    }
    close(ends[1]);
    workers.push_back({id, ends[0]});
  }
  std::uint64_t violation = 0;
  for (const auto& worker : workers) {
    Answer answer;
    if (read(worker.pipe, &answer, sizeof answer) != sizeof answer)
      answer.violation = range.first;  // it died: as bad as a violation
    int status = 0;
    waitpid(worker.id, &status, 0);
    close(worker.pipe);
    kinds.add(answer.kinds);
    if (answer.violation != 0) violation = violation == 0 ? answer.violation : std::min(violation, answer.violation);
  }
  return violation;
}

bool report_kinds(const Kinds& kinds) {
  bool all_met = true;
  const auto show = [&](const char* name, std::uint64_t count) {
    const auto percent = kinds.seeds == 0 ? 0 : count * 100 / kinds.seeds;
    std::printf(" %s %llu %%", name, static_cast<unsigned long long>(percent));
    all_met = all_met && count * 5 >= kinds.seeds;
  };
  std::printf("%llu seeds; met in:", static_cast<unsigned long long>(kinds.seeds));
  show("commits", kinds.commits);
  show("conflicts", kinds.conflicts);
  show("removals", kinds.removals);
  show("crashes", kinds.crashes);
  show("drops", kinds.drops);
  show("reorders", kinds.reorders);
  std::printf("\n");
  return all_met;
}

}  // namespace

int main(int argc, char** argv) {
  muistio::crypto::initialise();
  CLI::App app("Lives of a club, each from a seed: the production code of devices and server, a fake network, disk and clock.");
  Scale scale;
  std::uint64_t count = 1, jobs = 1;
  std::string plant, seeds;
  bool until_caught = false, quiet = false, kinds_wanted = false;
  app.add_option("--seed", scale.seed, "the seed, or the first of several")->capture_default_str();
  app.add_option("--seeds", seeds, "a range of seeds: FROM..TO");
  app.add_option("--count", count, "how many seeds")->capture_default_str();
  app.add_option("--devices", scale.devices, "homes at the start")->capture_default_str()->check(CLI::Range(2, 16));
  app.add_option("--steps", scale.steps, "things that people and machines do")->capture_default_str();
  app.add_option("--plant", plant, "a fault to plant; `list` names them");
  app.add_flag("--until-caught", until_caught, "exit 0 if a violation was found within the seeds, 1 if not");
  app.add_flag("--quiet", quiet, "no line a seed");
  app.add_flag("--kinds", kinds_wanted, "exit 1 if a kind of trouble is missing from more than 80 % of the seeds");
  app.add_option("--jobs", jobs, "processes")->capture_default_str()->check(CLI::Range(1, 64));
  CLI11_PARSE(app, argc, argv);

  if (plant == "list") {
    for (const auto& info : plants()) std::printf("%-26s %s\n", std::string(info.name).c_str(), std::string(info.what).c_str());
    return 0;
  }
  if (!plant.empty()) {
    const auto named = muistio::simulation::plant_named(plant);
    if (!named) {
      std::fprintf(stderr, "muistio-sim: there is no plant '%s'; --plant list names them\n", plant.c_str());
      return 2;
    }
    scale.plant = *named;
  }
  if (!seeds.empty()) {
    unsigned long long from = 0, to = 0;
    if (std::sscanf(seeds.c_str(), "%llu..%llu", &from, &to) != 2 || to < from) {
      std::fprintf(stderr, "muistio-sim: --seeds wants FROM..TO\n");
      return 2;
    }
    scale.seed = from;
    count = to - from + 1;
  }
  Kinds kinds;
  const Range range{scale.seed, count, 1};
  const auto violation = jobs > 1 ? run_jobs(scale, range, jobs, quiet, kinds) : run_range(scale, range, quiet, kinds);
  const bool all_met = report_kinds(kinds);
  if (until_caught) {
    std::printf(violation != 0 ? "caught with seed %llu\n" : "not caught\n", static_cast<unsigned long long>(violation));
    return violation != 0 ? 0 : 1;
  }
  if (violation != 0) return 1;
  return kinds_wanted && !all_met ? 1 : 0;
}

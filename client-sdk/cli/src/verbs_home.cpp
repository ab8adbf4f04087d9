#include <unistd.h>

#include <iostream>

#include "muistio/home/files.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

constexpr std::uint64_t kCaBytesMax = 4u << 20;

/// A line on a terminal that shows how far a sync is.
class ProgressBar {
 public:
  void show(const SyncProgress& progress) {
    std::string text = "\r";
    if (progress.material_total > 0) {
      constexpr std::uint64_t kWidth = 30;
      const auto filled = std::min(kWidth, progress.material_done * kWidth / progress.material_total);
      text += "[" + std::string(filled, '#') + std::string(kWidth - filled, ' ') + "] " +
              std::to_string(progress.material_done * 100 / progress.material_total) + " % of " +
              std::to_string(progress.material_total) + " bytes";
    } else {
      text += "records " + std::to_string(progress.records_done) + "/" + std::to_string(progress.records_total) + ", unsent " +
              std::to_string(progress.unsent);
    }
    const auto width = text.size();
    if (width < width_) text += std::string(width_ - width, ' ');
    width_ = width;
    std::cerr << text << std::flush;
  }
  ~ProgressBar() {
    if (width_ > 0) std::cerr << "\r" << std::string(width_, ' ') << "\r" << std::flush;
  }

 private:
  std::size_t width_ = 0;
};

}  // namespace

Result<std::string> read_ca(const std::string& file) {
  if (file.empty()) return std::string();
  MUISTIO_TRY(auto bytes, home::read_file(file, kCaBytesMax));
  return std::string(as_text(bytes));
}

int run_init(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto ca, read_ca(a.ca_file));
  MUISTIO_VERB_DO(context.client.init(a.name, a.server, ca).get());
  MUISTIO_VERB(auto devices, context.client.devices().get());
  context.out.done(devices.empty() ? std::string() : devices.front().id.hex());
  return kDone;
}

int run_status(Context context) {
  MUISTIO_VERB(auto clubs, context.client.clubs().get());
  context.out.status(clubs);
  MUISTIO_VERB(auto waiting, context.client.waiting().get());
  if (!context.out.json())
    for (const auto& each : waiting)
      if (each.why != "no-network" && each.why != "pull") context.out.say("waiting: " + each.id + " " + each.why);
  return kDone;
}

int run_sync(Context context) {
  SyncOptions options;
  options.material = !context.arguments.no_material;
  std::function<void(const SyncProgress&)> show;
  SyncReport report;
  {
    ProgressBar bar;
    if (::isatty(STDERR_FILENO) != 0) show = [&bar](const SyncProgress& progress) { bar.show(progress); };
    MUISTIO_VERB(report, context.client.sync(options, show).get());
  }
  context.out.report(report);
  switch (report.end) {
    case SyncEnd::done:
      return kDone;
    case SyncEnd::waiting:
      return kWaiting;
    case SyncEnd::stopped:
      return kTrustStopped;
  }
  return kRefused;
}

int run_search(Context context) {
  const auto& a = context.arguments;
  SearchFilter filter;
  filter.author = a.author;
  filter.since = a.since;
  filter.until = a.until;
  if (!a.club.empty()) {
    MUISTIO_VERB(filter.club, context.client.find_club(a.club).get());
  }
  std::string words;
  for (const auto& word : a.words) words += (words.empty() ? "" : " ") + word;
  MUISTIO_VERB(auto found, context.client.search(words, filter).get());
  context.out.found(found);
  return kDone;
}

int run_export(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto absent, context.client.export_club(club, a.out, a.is_private).get());
  context.out.exported(club.hex(), a.out, absent);
  if (absent == 0) return kDone;
  context.out.say(std::to_string(absent) + (absent == 1 ? " file is" : " files are") +
                  " not on this device yet; the rest is written");
  return kWaiting;
}

}  // namespace muistio::cli

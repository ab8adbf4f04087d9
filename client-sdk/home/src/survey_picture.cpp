// An outcome as SVG: bars with every figure beside them as text, so that neither colour nor the picture itself is needed.
#include <cstdio>

#include "muistio/home/surveys.hpp"

namespace muistio::home {
namespace {

constexpr int kWidth = 640, kMargin = 16, kLine = 22, kBar = 14, kLabel = 260, kBarMost = 280;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// As much of a text as fits beside a bar; whole in its title.
std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0u) == 0x80) --most;
  return std::string(text.substr(0, most)) + "…";
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

struct Drawing {
  std::string body, words;
  int y = kMargin;

  void line(std::string_view text, int x, bool bold, std::string_view anchor = "start") {
    body += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y + kBar - 2) + "\" text-anchor=\"" +
            std::string(anchor) + "\"" + (bold ? " font-weight=\"bold\"" : "") + ">" + escaped(text) + "</text>\n";
  }
  void bar(std::string_view label, double share, const std::string& figure) {
    const auto width = static_cast<int>(share * kBarMost + 0.5);
    body += "<g><title>" + escaped(label) + ": " + figure + "</title>\n";
    line(shortened(label, 40), kMargin, false);
    body += "<rect x=\"" + std::to_string(kLabel) + "\" y=\"" + std::to_string(y) + "\" width=\"" + std::to_string(width) +
            "\" height=\"" + std::to_string(kBar) + "\" fill=\"#fff\" stroke=\"#000\"/>\n";
    line(figure, kLabel + width + 6, false);
    body += "</g>\n";
    words += " " + std::string(label) + ": " + figure + ".";
    y += kLine;
  }
};

}  // namespace

std::string draw_outcome(const SurveyOutcome& outcome) {
  const auto& survey = outcome.survey;
  Drawing drawing;
  drawing.line(survey.title, kMargin, true);
  drawing.y += kLine;
  const auto counted = "n = " + std::to_string(outcome.counted) + (outcome.enough ? "" : " < " + std::to_string(survey.minimum));
  drawing.line(counted, kMargin, false);
  drawing.words = counted + ".";
  drawing.y += kLine;
  for (std::size_t i = 0; outcome.enough && i < survey.questions.size(); ++i) {
    const auto& question = survey.questions[i];
    const auto& sums = outcome.tally.questions[i];
    if (question.form == club::QuestionForm::text || sums.answered == 0) continue;
    drawing.y += kLine / 2;
    drawing.line(shortened(question.text, 90), kMargin, true);
    drawing.words += " " + question.text;
    drawing.y += kLine;
    const auto of = " (n = " + std::to_string(sums.answered) + ")";
    if (question.form == club::QuestionForm::scale) {
      const auto most = static_cast<double>(question.most);
      for (const auto& change : outcome.changes)
        if (change.question == i)
          drawing.bar("1", change.before / most, decimal(change.before) + " / " + std::to_string(question.most));
      const auto mean = static_cast<double>(sums.sum) / static_cast<double>(sums.answered);
      const bool is_second = survey.about.has_value() && !outcome.changes.empty();
      drawing.bar(is_second ? "2" : "", mean / most, decimal(mean) + " / " + std::to_string(question.most) + of);
      continue;
    }
    for (std::size_t each = 0; each < question.choices.size(); ++each)
      drawing.bar(question.choices[each], static_cast<double>(sums.counts[each]) / static_cast<double>(sums.answered),
                  std::to_string(sums.counts[each]) + " / " + std::to_string(sums.answered));
  }
  const auto height = std::to_string(drawing.y + kMargin), width = std::to_string(kWidth);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height +
         "\" role=\"img\" aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"13\">\n<title id=\"title\">" +
         escaped(survey.title) + "</title>\n<desc id=\"desc\">" + escaped(drawing.words) + "</desc>\n<rect width=\"" + width +
         "\" height=\"" + height + "\" fill=\"#fff\"/>\n" + drawing.body + "</svg>\n";
}

}  // namespace muistio::home

#include "tools/rondo/run_stream.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <chrono>

#include "base/escape.h"
#include "base/slice.h"
#include "importers/npy/npy.h"
#include "rondo/stream.h"
#include "tools/rondo/element.h"
#include "tools/rondo/feed.h"
#include "tools/rondo/interrupt.h"
#include "tools/rondo/model.h"
#include "tools/rondo/summary.h"
#include "tools/rondo/terminal.h"

namespace rondo::tool {
namespace {

std::vector<StatePair> named_pairs(const std::vector<std::string>& texts, const Session& session) {
  std::vector<StatePair> pairs;
  for (const std::string& text : texts) {
    const auto pair = assignment(text, session.inputs());
    if (!pair)
      throw Error(ErrorCode::usage, "--state names no input of the model")
          .got(text)
          .expected("IN=OUT with IN one of " + signature(session.inputs()));
    pairs.push_back({session.inputs()[pair->index].name, pair->text});
  }
  return pairs;
}

std::vector<Feed> feeds_of(const Stream& stream, const StreamFlags& flags, std::vector<GivenInput> given) {
  std::vector<Feed> feeds;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const TensorInfo& info = stream.inputs()[i];
    if (!given[i].tensor)
      throw Error(ErrorCode::usage, fmt::format("a stream needs input '{}'", escaped(info.name)))
          .expected(to_string(info))
          .fix(fmt::format("add --input {}=FILE.npy", escaped(info.name)));
    feeds.emplace_back(info, std::move(given[i]), stream.time_axis_of_input(i), flags.frame, flags.context);
  }
  return feeds;
}

std::int64_t steps_of(const std::vector<Feed>& feeds) {
  const Feed* first = nullptr;
  for (const Feed& feed : feeds) {
    if (feed.kind() == Feed::Kind::same) continue;
    if (first == nullptr) first = &feed;
    if (feed.steps() != first->steps())
      throw Error(ErrorCode::data, "the inputs have different numbers of steps")
          .got(fmt::format("{} in {}", feed.steps(), feed.source()))
          .expected(fmt::format("{}, as in {}", first->steps(), first->source()));
  }
  if (first == nullptr)
    throw Error(ErrorCode::usage, "no input of the stream has more than one step")
        .fix("give a file with one axis more in front, which counts steps");
  return first->steps();
}

// The results of all steps, as the one tensor that a whole run would give.
class Collector {
 public:
  Collector(const Stream& stream, const std::vector<Feed>& feeds) : stream_(stream), parts_(stream.outputs().size()) {
    along_time_ = std::ranges::any_of(feeds, [](const Feed& f) { return f.kind() == Feed::Kind::time; });
  }

  void take(std::span<const TensorView> results) {
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (along_time_ && stream_.time_axis_of_output(i) < 0) parts_[i].clear();  // the last one counts
      parts_[i].emplace_back(results[i]);
    }
  }

  Tensor whole(std::size_t i) const {
    const int axis = stream_.time_axis_of_output(i);
    if (along_time_)
      return axis < 0 ? Tensor(parts_[i].back().view()) : joined(parts_[i], static_cast<std::size_t>(axis));
    std::vector<Tensor> stacked;
    for (const Tensor& part : parts_[i]) {
      std::vector<std::int64_t> shape = part.shape();
      shape.insert(shape.begin(), 1);
      stacked.push_back(reshaped(part.view(), std::move(shape)));
    }
    return joined(stacked, 0);
  }

 private:
  const Stream& stream_;
  bool along_time_ = false;
  std::vector<std::vector<Tensor>> parts_;
};

nlohmann::ordered_json document_of(const Stream& stream, std::int64_t step, std::span<const TensorView> results) {
  nlohmann::ordered_json outputs = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < results.size(); ++i)
    outputs[stream.outputs()[i].name] =
        results[i].count() == 1 ? json_at(results[i], 0) : to_json(results[i]).at("values");
  return {{"step", step}, {"outputs", std::move(outputs)}};
}

struct Timing {
  std::int64_t steps = 0;
  double seconds = 0;         // spent in steps
  double signal_seconds = 0;  // 0: not known
};

std::string text_of(const Stream& stream, const Timing& timing, const Collector& results) {
  std::string text = "states\n";
  for (const StatePair& p : stream.states())
    text += fmt::format("  {} becomes {}\n", escaped(p.output), escaped(p.input));
  text += fmt::format("{} steps in {:.3f} s, {:.1f} us each", timing.steps, timing.seconds,
                      timing.steps == 0 ? 0 : timing.seconds / static_cast<double>(timing.steps) * 1e6);
  if (timing.signal_seconds > 0)
    text += fmt::format(", real-time factor {:.5f}", timing.seconds / timing.signal_seconds);
  text += "\noutputs\n";
  for (std::size_t i = 0; timing.steps > 0 && i < stream.outputs().size(); ++i) {
    const Tensor whole = results.whole(i);
    text += fmt::format("  {}  {}  {}\n", escaped(stream.outputs()[i].name), type_text(whole.view()),
                        summary_text(whole.view()));
  }
  return text;
}

nlohmann::ordered_json document_of(const Stream& stream, const Timing& timing) {
  nlohmann::ordered_json states = nlohmann::ordered_json::array();
  for (const StatePair& p : stream.states()) states.push_back({{"input", p.input}, {"output", p.output}});
  nlohmann::ordered_json j{{"steps", timing.steps}, {"seconds", timing.seconds}, {"states", std::move(states)}};
  if (timing.signal_seconds > 0)
    j.update({{"signal_seconds", timing.signal_seconds}, {"real_time_factor", timing.seconds / timing.signal_seconds}});
  return j;
}

// The written files are outputs of the stream, whose list leaves out the states.
std::vector<Assignment> files_of(const Session& session, const Stream& stream, std::vector<Assignment> files) {
  for (Assignment& file : files) {
    const std::string& name = session.outputs()[file.index].name;
    const auto at = std::ranges::find(stream.outputs(), name, &TensorInfo::name);
    if (at == stream.outputs().end())
      throw Error(ErrorCode::usage, fmt::format("output '{}' is a state of the stream", escaped(name)))
          .fix("leave it out, or name the states with --state");
    file.index = static_cast<std::size_t>(at - stream.outputs().begin());
  }
  return files;
}

}  // namespace

void add_stream_options(CLI::App& verb, StreamFlags& flags) {
  CLI::Option* stream = verb.add_flag("--stream", flags.wanted,
                                      "Feed a sequence piece by piece, the state held; --json: a line for each step");
  verb.add_option("--frame", flags.frame, "Time steps, or new samples of a signal, in each piece; default 1")
      ->needs(stream)
      ->check(positive)
      ->type_name("N");
  verb.add_option("--context", flags.context, "Samples before those that each piece repeats; default 0")
      ->needs(stream)
      ->check(not_negative)
      ->type_name("N");
  verb.add_option("--state", flags.states, "The output that becomes an input in the next step; else they are found")
      ->needs(stream)
      ->type_name("IN=OUT");
}

int run_stream(const Session& session, const Options& options, const StreamFlags& flags,
               const std::vector<std::string>& inputs, const std::vector<Assignment>& files, Trace& trace) {
  Stream stream(session, {named_pairs(flags.states, session)});
  const std::vector<Feed> feeds = feeds_of(stream, flags, given_inputs(stream.inputs(), inputs));
  const std::vector<Assignment> written = files_of(session, stream, files);
  Timing timing{steps_of(feeds)};
  for (const Feed& feed : feeds) timing.signal_seconds = std::max(timing.signal_seconds, feed.seconds());
  if (timing.steps == 0 && !written.empty())
    throw Error(ErrorCode::data, "a stream of no steps has no outputs to write")
        .fix("run without --stream, which gives an empty result, or leave out --output");
  Collector collected(stream, feeds);
  ProgressBar bar(static_cast<std::size_t>(timing.steps), !options.quiet && !options.json);
  for (std::int64_t step = 0; step < timing.steps; ++step) {
    std::vector<Tensor> pieces;
    std::vector<TensorView> views;
    for (const Feed& feed : feeds) pieces.push_back(feed.piece(step));
    for (const Tensor& piece : pieces) views.push_back(piece.view());
    const auto span = trace.span("step");
    const auto start = std::chrono::steady_clock::now();
    const auto results = stream.step(views);
    timing.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    collected.take(results);
    if (options.json) print_document(document_of(stream, step, results));
    bar.show(static_cast<std::size_t>(step), "steps");
  }
  bar.clear();
  for (const Assignment& file : written) {
    const HoldInterrupts hold;
    write_npy(file.text, collected.whole(file.index).view(), options.force ? Overwrite::yes : Overwrite::no);
  }
  trace.save();
  if (options.json)
    print_document(document_of(stream, timing));
  else
    print(text_of(stream, timing, collected));
  return 0;
}

}  // namespace rondo::tool

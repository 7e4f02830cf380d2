#include "importers/data/jsonl.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "importers/data/field_builder.h"
#include "importers/data/text_file.h"

namespace rondo {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxRank = 8;

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Dataset read() {
    const TextFile file = read_text(path_);
    for (std::string_view rest = file.text; !rest.empty();) {
      ++line_;
      const std::size_t end = rest.find('\n');
      const std::string_view text = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      if (text.size() > kMaxLine) {
        Error error(ErrorCode::limit, "the line is too long");
        throw error.at_file(path_ + ':' + std::to_string(line_))
            .expected("at most " + std::to_string(kMaxLine) + " bytes");
      }
      if (text.find_first_not_of(" \t\r") != std::string_view::npos) sample(parse(text));
    }
    Dataset set;
    set.source = path_;
    for (FieldBuilder& f : fields_) set.fields.push_back(std::move(f).finish());
    if (set.size() == 0) throw text_error(path_, 0, 0, "there are no samples");
    return set;
  }

 private:
  Error fail(std::string what) const { return text_error(path_, line_, 0, std::move(what)); }

  // A key that stands twice would hide its first value.
  Json parse(std::string_view text) {
    std::set<std::string> keys;
    std::string twice;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
      if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(parsed.get<std::string>()).second)
        twice = parsed.get<std::string>();
      return true;
    };
    try {
      Json object = Json::parse(text.begin(), text.end(), watch);
      if (!object.is_object()) throw fail("this is no object").expected("{\"x\": [..], \"y\": ..}");
      if (!twice.empty()) throw fail("the key '" + twice + "' stands twice");
      return object;
    } catch (const Json::parse_error& e) {
      throw text_error(path_, line_, static_cast<std::int64_t>(e.byte), "this is not JSON")
          .fix("write one object in each line; NaN and Infinity are no JSON");
    } catch (const Json::out_of_range&) {
      throw fail("a number is beyond the range of numbers");
    }
  }

  void sample(const Json& object) {
    const bool first = fields_.empty();
    for (const auto& [key, value] : object.items()) {
      if (first) fields_.emplace_back(key, DType::float64);
      const auto field = std::ranges::find(fields_, key, &FieldBuilder::name);
      if (field == fields_.end()) throw fail("the key '" + key + "' is not in the first line");
      shape_.clear();
      numbers_.clear();
      collect(key, value, 0);
      const std::string misfit = field->add(shape_, numbers_.data(), line_);
      if (!misfit.empty()) throw fail("'" + key + "' is " + misfit);
    }
    if (object.size() == fields_.size()) return;
    for (const FieldBuilder& f : fields_)
      if (!object.contains(f.name())) throw fail("the key '" + f.name() + "' is missing");
  }

  // The numbers below a value, depth first; every list at one depth has as many as the first one there.
  void collect(const std::string& key, const Json& value, std::size_t depth) {
    if (value.is_number() || value.is_boolean()) {
      if (depth != shape_.size()) throw fail("'" + key + "' has a number among lists");
      numbers_.push_back(value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>());
      return;
    }
    if (!value.is_array())
      throw fail("'" + key + "' holds something other than numbers and lists").got(value.type_name());
    if (depth == kMaxRank) throw fail("'" + key + "' has lists in too many lists").expected(std::to_string(kMaxRank));
    const auto size = static_cast<std::int64_t>(value.size());
    if (depth == shape_.size()) {
      if (!numbers_.empty()) throw fail("'" + key + "' has a list among numbers");
      shape_.push_back(size);
    } else if (shape_[depth] != size) {
      throw fail("'" + key + "' has lists of different lengths inside a step")
          .got(std::to_string(size))
          .expected(std::to_string(shape_[depth]));
    }
    for (const Json& inner : value) collect(key, inner, depth + 1);
  }

  const std::string& path_;
  std::int64_t line_ = 0;
  std::vector<FieldBuilder> fields_;
  std::vector<std::int64_t> shape_;
  std::vector<double> numbers_;
};

}  // namespace

Dataset read_jsonl(const std::string& path) { return Reader(path).read(); }

}  // namespace rondo

// Python texts -> views of UTF-8 bytes, copied only where Python does not hold them so.
#pragma once
#include <nanobind/nanobind.h>

#include <string_view>
#include <vector>

namespace dedup {

// Holds what the views point to; needs the GIL to be made and destroyed, not to be read.
class Texts {
  public:
    // A list or tuple of str and bytes, or an object with `__arrow_c_array__` whose array holds strings or bytes.
    explicit Texts(nanobind::handle source);

    const std::vector<std::string_view>& views() const { return views_; }

  private:
    void take(nanobind::handle text);
    void take_arrow(nanobind::handle source);

    std::vector<std::string_view> views_;
    std::vector<nanobind::object> held_;
};

}  // namespace dedup

// Python texts -> UTF-8 bytes, copied only where Python does not hold them so.
#pragma once
#include <nanobind/nanobind.h>

#include <string_view>
#include <vector>

namespace dedup {

// Holds what it reads from; needs the GIL to be made and destroyed, not to be read.
class Texts {
  public:
    // A list or tuple of str and bytes, or an object with `__arrow_c_array__` whose array holds strings or bytes.
    explicit Texts(nanobind::handle source);

    std::size_t size() const { return views_.size(); }

    // Text `index` in UTF-8; `buffer` holds it when Python does not.
    std::string_view utf8(std::size_t index, std::vector<char>& buffer) const;

  private:
    struct View {
        const void* data;
        std::size_t size;
        int unit;  // 0: UTF-8 already; else bytes per code point
    };
    void take(nanobind::handle text);
    void take_arrow(nanobind::handle source);

    std::vector<View> views_;
    std::vector<nanobind::object> held_;
};

}  // namespace dedup

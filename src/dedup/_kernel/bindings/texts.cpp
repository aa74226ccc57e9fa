#include "texts.hpp"

#include <cstdint>
#include <string>

#include "bindings.hpp"
#include "transcode.hpp"

namespace nb = nanobind;

namespace dedup {
namespace {

// The Arrow C data interface, as its specification lays it out.
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    std::int64_t flags;
    std::int64_t n_children;
    ArrowSchema** children;
    ArrowSchema* dictionary;
    void (*release)(ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    std::int64_t length;
    std::int64_t null_count;
    std::int64_t offset;
    std::int64_t n_buffers;
    std::int64_t n_children;
    const void** buffers;
    ArrowArray** children;
    ArrowArray* dictionary;
    void (*release)(ArrowArray*);
    void* private_data;
};

bool is_valid(const ArrowArray& array, std::int64_t index) {
    const auto* bits = static_cast<const unsigned char*>(array.buffers[0]);
    return bits == nullptr || (bits[index / 8] >> (index % 8) & 1) != 0;
}

}  // namespace

Texts::Texts(nb::handle source) {
    if (nb::hasattr(source, "__arrow_c_array__")) {
        take_arrow(source);
        return;
    }
    const nb::object texts = nb::steal(PySequence_Tuple(source.ptr()));
    if (!texts.is_valid()) throw nb::python_error();
    held_.push_back(texts);
    const std::size_t size = nb::len(texts);
    views_.reserve(size);
    for (std::size_t i = 0; i < size; ++i) take(PyTuple_GetItem(texts.ptr(), static_cast<Py_ssize_t>(i)));
}

void Texts::take(nb::handle text) {
    if (PyBytes_Check(text.ptr())) {
        views_.push_back({PyBytes_AsString(text.ptr()), static_cast<std::size_t>(PyBytes_Size(text.ptr())), 0});
        return;
    }
    if (!PyUnicode_Check(text.ptr())) {
        const std::string kind = nb::str(text.type().attr("__name__")).c_str();
        throw nb::type_error(("a text is a " + kind + "; pass str or bytes").c_str());
    }
#ifdef Py_LIMITED_API
    if (nb::cast<bool>(text.attr("isascii")())) {
        Py_ssize_t size = 0;
        const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
        views_.push_back({data, static_cast<std::size_t>(size), 0});
        return;
    }
    held_.push_back(nb::steal(PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogatepass")));
    if (!held_.back().is_valid()) throw nb::python_error();
    take(held_.back());
#else
    const int unit = PyUnicode_IS_ASCII(text.ptr()) ? 0 : static_cast<int>(PyUnicode_KIND(text.ptr()));
    views_.push_back({PyUnicode_DATA(text.ptr()), static_cast<std::size_t>(PyUnicode_GET_LENGTH(text.ptr())), unit});
#endif
}

std::string_view Texts::utf8(std::size_t index, std::vector<char>& buffer) const {
    const View& view = views_[index];
    switch (view.unit) {
        case 1:
            return to_utf8(static_cast<const std::uint8_t*>(view.data), view.size, simd_level(), buffer);
        case 2:
            return to_utf8(static_cast<const std::uint16_t*>(view.data), view.size, simd_level(), buffer);
        case 4:
            return to_utf8(static_cast<const std::uint32_t*>(view.data), view.size, simd_level(), buffer);
        default:
            return {static_cast<const char*>(view.data), view.size};
    }
}

void Texts::take_arrow(nb::handle source) {
    const nb::object pair = source.attr("__arrow_c_array__")();
    const nb::object schema_capsule = pair[0], array_capsule = pair[1];
    const auto* schema = static_cast<const ArrowSchema*>(PyCapsule_GetPointer(schema_capsule.ptr(), "arrow_schema"));
    const auto* array = static_cast<const ArrowArray*>(PyCapsule_GetPointer(array_capsule.ptr(), "arrow_array"));
    if (schema == nullptr || array == nullptr) throw nb::python_error();
    held_.push_back(schema_capsule);
    held_.push_back(array_capsule);
    views_.reserve(static_cast<std::size_t>(array->length));
    const std::string_view format = schema->format;
    const bool wide = format == "U" || format == "Z";
    if (!wide && format != "u" && format != "z")
        throw nb::type_error(("the Arrow array has the format '" + std::string(format) +
                              "'; cast it to string, large_string, binary or large_binary")
                                 .c_str());
    for (std::int64_t i = array->offset; i < array->offset + array->length; ++i) {
        const auto offset = [&](std::int64_t at) {
            return wide ? static_cast<const std::int64_t*>(array->buffers[1])[at]
                        : static_cast<const std::int32_t*>(array->buffers[1])[at];
        };
        if (is_valid(*array, i))
            views_.push_back({static_cast<const char*>(array->buffers[2]) + offset(i),
                              static_cast<std::size_t>(offset(i + 1) - offset(i)), 0});
        else
            views_.push_back({nullptr, 0, 0});
    }
}

}  // namespace dedup

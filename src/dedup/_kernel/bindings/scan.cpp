// Python <-> scan: conversions and the GIL, no logic.
#include "scan.hpp"

#include "bindings.hpp"
#include "texts.hpp"

namespace dedup {
namespace {

template <typename Row>
std::vector<Row> rows(const nb::bytes& data, std::size_t width, Row (*make)(const std::uint64_t*)) {
    const auto values = numbers<std::uint64_t>(data);
    if (values.size() % width != 0) throw nb::value_error("a table of seeds, clues or characters ends inside a row");
    std::vector<Row> made;
    for (std::size_t i = 0; i < values.size(); i += width) made.push_back(make(values.data() + i));
    return made;
}

Seed seed(const std::uint64_t* row) {
    return {row[0], static_cast<std::uint32_t>(row[1]), static_cast<std::uint32_t>(row[2]),
            static_cast<std::uint32_t>(row[3])};
}

Clue clue(const std::uint64_t* row) {
    return {row[0],
            {{row[1], row[2]}, (row[8] & 1) != 0},
            {{row[3], row[4]}, (row[8] & 2) != 0},
            static_cast<std::uint32_t>(row[5]),
            static_cast<std::uint32_t>(row[6]),
            static_cast<std::uint32_t>(row[7]),
            static_cast<std::uint32_t>(row[9]),
            static_cast<std::uint32_t>(row[10])};
}

Characters characters(const std::uint64_t* row) { return {{row[0], row[1]}, row[2] != 0}; }

Programs programs_of(const nb::bytes& classes, const nb::list& expressions) {
    std::vector<std::vector<std::uint32_t>> made;
    for (const nb::handle each : expressions) {
        const auto values = numbers<std::uint32_t>(nb::cast<nb::bytes>(each));
        made.emplace_back(values.begin(), values.end());
    }
    return {rows(classes, 3, characters), made};
}

nb::object told(const Sighting& found) {
    if (found.empty()) return nb::none();
    return nb::make_tuple(bytes_of(found.hits), bytes_of(found.lines), found.oddities, told(found.fits),
                          bytes_of(found.tokens.starts), bytes_of(found.tokens.ends));
}

}  // namespace

void bind_scan(nb::module_& module) {
    nb::class_<Scanner>(module, "Scanner")
        .def(
            "__init__",
            [](Scanner* scanner, const nb::bytes& seeds, const nb::bytes& needed, const nb::bytes& clues,
               const nb::bytes& classes, const nb::list& programs) {
                const std::vector<Seed> sown = rows(seeds, 4, seed);
                const auto needs = numbers<std::uint32_t>(needed);
                for (const Seed& each : sown)
                    if (each.width < 1 || each.width > 3 || each.owner >= needs.size())
                        throw nb::value_error("a seed has one to three words and a template that says what it needs");
                new (scanner) Scanner(sown, needs, rows(clues, 11, clue), programs_of(classes, programs));
            },
            nb::arg("seeds"), nb::arg("needed"), nb::arg("clues"), nb::arg("classes"), nb::arg("programs"))
        .def(
            "scan",
            [](const Scanner& scanner, nb::handle source, const Fitter* fitter) {
                const Texts texts(source);
                std::vector<Sighting> found(texts.size());
                std::unique_ptr<Scanner::Memory> memory = scanner.lend_memory();
                {
                    nb::gil_scoped_release released;
                    std::vector<char> buffer;
                    for (std::size_t i = 0; i < texts.size(); ++i)
                        found[i] = scanner.scan(texts.utf8(i, buffer), fitter, *memory, simd_level());
                }
                scanner.take_back(std::move(memory));
                nb::list list;
                for (const Sighting& each : found) list.append(told(each));
                return list;
            },
            nb::arg("texts"), nb::arg("fitter").none() = nb::none());
}

}  // namespace dedup

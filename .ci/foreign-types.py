"""Which other crates' types are part of the public interface.

Reads the JSON that rustdoc makes of the crate, and fails if a crate is named
there that is not on the list in the crate's documentation ("Versions"): a new
major version of such a crate would be a breaking change.

    python3 .ci/foreign-types.py target/doc/lagclient.json
"""

import json
import sys

ALLOWED = {
    # Part of the language.
    "alloc",
    "core",
    "std",
    # Named in src/lib.rs.
    "bitflags",
    "bytes",
    "chrono",
    "futures_core",
    "http",
    "reqwest",
    "serde",
    "serde_core",  # where serde's traits are
    "serde_json",
    "tokio",
    "ureq",
}


def main(path):
    with open(path, encoding="utf-8") as file:
        crate = json.load(file)
    names = {int(key): value["name"] for key, value in crate["external_crates"].items()}
    found = {}

    def note(identity, item):
        summary = crate["paths"].get(str(identity))
        if summary and summary["crate_id"] != 0:
            name = names[summary["crate_id"]]
            path = "::".join(summary["path"])
            found.setdefault(name, {}).setdefault(path, item["name"] or "an impl")

    def walk(value, item):
        """Every type, trait and bound that a signature names."""
        if isinstance(value, dict):
            if "id" in value and ("path" in value or "name" in value):
                note(value["id"], item)
            for part in value.values():
                walk(part, item)
        elif isinstance(value, list):
            for part in value:
                walk(part, item)

    for item in crate["index"].values():
        if item["crate_id"] != 0:
            continue
        implementation = item["inner"].get("impl")
        if implementation and (
            implementation["is_synthetic"] or implementation["blanket_impl"]
        ):
            continue
        walk(item["inner"], item)

    strangers = sorted(set(found) - ALLOWED)
    for name in sorted(found):
        types = ", ".join(sorted(found[name]))
        print(f"{'!' if name in strangers else ' '} {name}: {types}"[:160])
    if strangers:
        sys.exit(f"not on the list: {', '.join(strangers)}")


if __name__ == "__main__":
    main(sys.argv[1])

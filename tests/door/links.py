"""Follows every relative link and picture of a site that mdBook built.

    links.py SITE REPOSITORY

A link that leads out of the site is looked for in the repository, beside the folder of the documents. Fragments are
looked for among the ids of the page that they lead to.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            elif value and (tag, name) in {("a", "href"), ("img", "src")}:
                self.links.append(value)


def main():
    site, repository = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    pages = {path: Page(path.read_text()) for path in site.rglob("*.html")}
    # These repeat others: all pages in one, and the one that stands in for pages that are not there.
    for name in ["print.html", "404.html"]:
        pages.pop(site / name, None)
    followed, broken = 0, []
    for path, page in sorted(pages.items()):
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            followed += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if site != target and site not in target.parents:
                target = repository / "docs" / path.parent.relative_to(site) / unquote(parts.path)
                source = target.with_suffix(".md") if target.suffix == ".html" else target
                if not source.exists():
                    broken.append(f"{path.relative_to(site)} links to {link}")
                continue
            if target.is_dir():
                target = target / "index.html"
            there = target.exists()
            if there and parts.fragment and target in pages:
                there = unquote(parts.fragment) in pages[target].ids
            if not there:
                broken.append(f"{path.relative_to(site)} links to {link}")
    print("\n".join(broken) if broken else f"{followed} links in {len(pages)} pages lead somewhere")
    sys.exit(1 if broken or not followed else 0)


main()

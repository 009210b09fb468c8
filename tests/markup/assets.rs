//! What a browser loads with a page.

use throng::markup::{AssetKind, Assets};
use url::Url;

#[test]
fn images_scripts_and_style_sheets_are_found_once() {
    let html = "<head><base href='/static/'><link rel='Stylesheet preload' href=a.css>\
        <link rel='alternate stylesheet' href=no.css><link rel=icon href=no.ico>\
        <script src='app.js?v={1}'></script><script>document.write('<img src=no.png>')</script>\
        <style>@import 'no.css'; <img src=no.png></style></head>\
        <body><img src=' one.png#x '><img src=one.png><img loading=lazy src=no.png><img>\
        <img src='data:image/png;base64,AA'><img src='//cdn.test/x.png'><img src='http://no.test/y.png'>\
        <noscript><img src=no.png></noscript><textarea><img src=no.png></textarea>\
        <!-- <img src=no.png> --><input type=IMAGE src=go.png><input src=no.png><IMG SRC=''>";
    let page = Url::parse("http://shop.test/a/b").unwrap();
    let assets = Assets::of(
        html.as_bytes(),
        &page,
        |url| url.host_str() == Some("cdn.test"),
        || true,
    );
    let own: Vec<_> = assets
        .own
        .iter()
        .map(|asset| (asset.kind, asset.url.as_str()))
        .collect();
    assert_eq!(
        own,
        [
            (AssetKind::Stylesheet, "http://shop.test/static/a.css"),
            (
                AssetKind::Script,
                "http://shop.test/static/app.js?v=%7B1%7D"
            ),
            (AssetKind::Image, "http://shop.test/static/one.png"),
            (AssetKind::Image, "http://cdn.test/x.png"),
            (AssetKind::Image, "http://shop.test/static/go.png"),
        ]
    );
    assert_eq!(assets.foreign, 1);
}

#[test]
fn a_page_that_takes_too_long_is_looked_at_in_part() {
    let html = format!("<img src=a.png>{}<img src=b.png>", " ".repeat(100_000));
    let page = Url::parse("http://shop.test/").unwrap();
    let assets = Assets::of(html.as_bytes(), &page, |_| false, || false);
    assert_eq!(assets.own.len(), 1);
    let assets = Assets::of(html.as_bytes(), &page, |_| false, || true);
    assert_eq!(assets.own.len(), 2);
}

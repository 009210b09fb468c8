//! Heads that are none, that lie, or that have no end.

use super::targets;
use super::wild::{End, says, says_and, streams};

targets! {
    another_protocol: Get, "speaks another protocol" =>
        "protocol: the response is not HTTP/1.1: invalid HTTP version in \"SSH-2.0-OpenSSH_9.2\\r\\n\"", says("SSH-2.0-OpenSSH_9.2\r\n");
    binary_noise: Get, "sends random bytes" =>
        "protocol: the response is not HTTP/1.1: invalid HTTP version in \"�\\0\\u{16}\\u{3}\\u{1}\"", says([0xff, 0x00, 0x16, 0x03, 0x01]);
    http_0_9: Get, "responds with HTTP/0.9: a body without a head" =>
        "protocol: the response is not HTTP/1.1: invalid HTTP version in \"<html>hello</html>\\n\"", says_and("<html>hello</html>\n", End::Close);
    a_wrong_version: Get, "responds with HTTP/3.1" =>
        "protocol: the response is not HTTP/1.1: invalid HTTP version in \"HTTP/3.1 200 OK\\r\\n\\r\\n\"", says("HTTP/3.1 200 OK\r\n\r\n");
    http2_unasked: Get, "responds with HTTP/2, which was not negotiated" =>
        "protocol: the response is not HTTP/1.1: invalid HTTP version in \"\\0\\0\\0\\u{4}\\0\\0\\0\\0\\0\"", says("\0\0\0\u{4}\0\0\0\0\0");
    status_000: Get, "responds with status 000" =>
        "protocol: the response has the invalid status 0", says("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n");
    status_99: Get, "responds with status 99" =>
        "protocol: the response is not HTTP/1.1: invalid response status in \"HTTP/1.1 99 Low\\r\\nContent-Length: 0\\r\\n\\r\\n\"", says("HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n");
    status_1000: Get, "responds with status 1000" =>
        "protocol: the response is not HTTP/1.1: invalid response status in \"HTTP/1.1 1000 High\\r\\nContent-Length: 0\\r\\n\\r\"", says("HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n");
    status_799: Get, "responds with status 799" =>
        "status 799", says("HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n");
    a_long_status_line: Get, "sends an endless status line" =>
        "protocol: the response head is over 65536 bytes", streams("HTTP/1.1 200 ", "x".repeat(1000));
    endless_header_fields: Get, "sends endless header fields" =>
        "protocol: the response has more than 256 header fields", streams("HTTP/1.1 200 OK\r\n", "X-Field: y\r\n".repeat(100));
    an_endless_header_field: Get, "sends an endless header field" =>
        "protocol: the response head is over 65536 bytes", streams("HTTP/1.1 200 OK\r\nX: ", "y".repeat(1000));
    cookies_of_a_megabyte: Get, "sets a cookie of 1 MB" =>
        "protocol: the response head is over 65536 bytes", says(format!("HTTP/1.1 200 OK\r\nSet-Cookie: a={}\r\nContent-Length: 0\r\n\r\n", "x".repeat(1 << 20)));
    an_endless_1xx: Get, "sends endless 103 responses" =>
        "protocol: status 103 after 16 interim responses (1xx)", streams("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    continues_unasked: Get, "sends 100 and then the response" =>
        "status 200", says_and("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", End::Close);
    switches_protocols: Get, "switches protocols without a request to do so" =>
        "protocol: the response switches protocols, which was not requested", says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    a_negative_length: Get, "has a negative `Content-Length`" =>
        "protocol: the Content-Length \"-1\" is not a valid length", says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
    a_length_with_a_plus: Get, "has the `Content-Length` +5" =>
        "protocol: the Content-Length \"+5\" is not a valid length", says("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello");
    a_length_in_words: Get, "has a `Content-Length` that is a word" =>
        "protocol: the Content-Length \"five\" is not a valid length", says("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello");
    a_length_beyond_64_bits: Get, "has a `Content-Length` of 30 digits" =>
        "protocol: the Content-Length \"999999999999999999999999999999\" is not a valid length", says("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999999999999999\r\n\r\n");
    two_lengths: Get, "has two `Content-Length` fields" =>
        "protocol: the response has two Content-Length fields", says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello");
    a_list_of_lengths: Get, "has the `Content-Length` 5, 5" =>
        "protocol: the Content-Length \"5, 5\" is not a valid length", says("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello");
    a_length_and_chunks: Get, "has `Content-Length` and `Transfer-Encoding`: chunks are read, the connection is closed" =>
        "status 200", says("HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    an_unknown_coding: Get, "has an unsupported transfer coding" =>
        "protocol: the transfer coding \"gzip\" is not supported", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
    a_field_without_a_colon: Get, "has a header line without a colon" =>
        "protocol: the response is not HTTP/1.1: invalid header name in \"HTTP/1.1 200 OK\\r\\nno colon here\\r\\n\\r\\n\"", says("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n");
    a_bare_cr_in_a_field: Get, "has a bare CR in a header field" =>
        "protocol: the response is not HTTP/1.1: invalid header value in \"HTTP/1.1 200 OK\\r\\nX: a\\rSet-Cookie: b=c\\r\\nC\"", says("HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 0\r\n\r\n");
    a_nul_in_a_field: Get, "has a NUL in a header field" =>
        "protocol: the response is not HTTP/1.1: invalid header value in \"HTTP/1.1 200 OK\\r\\nX: a\\0b\\r\\nContent-Length:\"", says("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n");
    a_folded_field: Get, "has a header field that is folded over two lines" =>
        "status 200", says("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n");
    a_field_folded_into_the_status_line: Get, "has a first header line that begins with a space" =>
        "protocol: the response is not HTTP/1.1: invalid header name in \"HTTP/1.1 200 OK\\r\\n X: a\\r\\nContent-Length: \"", says("HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 0\r\n\r\n");
    a_later_version: Get, "speaks HTTP/1.2" =>
        "status 200", says("HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n");
    two_answers_for_one: Get, "sends a second, unsolicited response" =>
        "status 200", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    head_with_a_body: Head, "responds to HEAD with a body" =>
        "status 200", says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    no_content_with_a_body: Get, "sends a body with 204" =>
        "status 204", says("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello");
    not_modified_with_a_body: Get, "sends a body with 304" =>
        "status 304", says("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello");
}
